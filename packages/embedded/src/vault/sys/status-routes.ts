import type { HttpRequest } from '../../http/http-server.js';
import { textField } from '../wire/fields.js';
import type { JsonObject, VaultAnswer } from '../wire/vault-call.js';
import { badRequest } from '../wire/vault-fault.js';
import type { VaultSeal } from '../vault-seal.js';
import type { Clock } from '../vault-context.js';

/** The version whose answers the server gives. */
export const VAULT_VERSION = '1.8.0';

/** What the routes that need neither a token nor an open seal work on. */
export interface StatusParts {
  readonly seal: VaultSeal;
  readonly clock: Clock;
  /** The data outlives the server. */
  readonly durable: boolean;
}

/** Answers `sys/health` and its like; `undefined` for every other path. */
export function answerStatus(
  parts: StatusParts,
  request: HttpRequest,
  body: JsonObject,
): VaultAnswer | Promise<VaultAnswer> | undefined {
  const reads = request.method === 'GET' || request.method === 'HEAD';
  const writes = request.method === 'PUT' || request.method === 'POST';
  const { path } = request;
  if (reads && path === '/v1/sys/health') return health(parts, request.query);
  if (reads && path === '/v1/sys/seal-status') return { plain: sealStatus(parts) };
  if (reads && path === '/v1/sys/init') return { plain: { initialized: true } };
  if (reads && path === '/v1/sys/leader') return { plain: leader(parts) };
  if (writes && path === '/v1/sys/unseal') return unseal(parts, body);
  return undefined;
}

function health(parts: StatusParts, query: URLSearchParams): VaultAnswer {
  const sealed = parts.seal.session === undefined;
  const code = sealed ? statusCode(query.get('sealedcode'), 503) : statusCode(query.get('activecode'), 200);
  return {
    status: code,
    plain: {
      initialized: true,
      sealed,
      standby: sealed,
      performance_standby: false,
      replication_performance_mode: sealed ? 'unknown' : 'disabled',
      replication_dr_mode: sealed ? 'unknown' : 'disabled',
      server_time_utc: Math.floor(parts.clock() / 1000),
      version: VAULT_VERSION,
      ...cluster(parts),
    },
  };
}

function statusCode(asked: string | null, otherwise: number): number {
  const code = Number(asked ?? otherwise);
  return Number.isInteger(code) && code >= 200 && code < 600 ? code : otherwise;
}

function sealStatus(parts: StatusParts): JsonObject {
  return {
    type: 'shamir',
    initialized: true,
    sealed: parts.seal.session === undefined,
    t: 1,
    n: 1,
    progress: 0,
    nonce: '',
    version: VAULT_VERSION,
    migration: false,
    ...cluster(parts),
    recovery_seal: false,
    storage_type: parts.durable ? 'file' : 'inmem',
  };
}

/** The names are among what is sealed. */
function cluster(parts: StatusParts): JsonObject {
  const identity = parts.seal.session?.context.store.get('server', 'self');
  if (identity === undefined) return {};
  return { cluster_name: identity.clusterName, cluster_id: identity.clusterId };
}

function leader(parts: StatusParts): JsonObject {
  return {
    ha_enabled: false,
    is_self: parts.seal.session !== undefined,
    leader_address: '',
    leader_cluster_address: '',
    performance_standby: false,
  };
}

/** With the unseal key of the key file, in Base64 or in hexadecimal digits. */
async function unseal(parts: StatusParts, body: JsonObject): Promise<VaultAnswer> {
  if (body.reset === true) return { plain: sealStatus(parts) };
  const key = textField(body, 'key') ?? '';
  if (key === '') throw badRequest("'key' must be specified in request body as JSON, or 'reset' set to true");
  const fits = [Buffer.from(key, 'base64'), Buffer.from(key, 'hex')].some((bytes) => parts.seal.fits(bytes));
  if (!fits) throw badRequest('failed to decrypt keys from storage: the unseal key is another one');
  await parts.seal.unseal();
  return { plain: sealStatus(parts) };
}
