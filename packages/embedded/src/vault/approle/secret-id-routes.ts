import { randomUUID } from 'node:crypto';
import type { VaultContext } from '../vault-context.js';
import { timeText } from '../wire/durations.js';
import { countField, isObject, refuseFields, requiredText, secondsField, textField } from '../wire/fields.js';
import type { JsonObject, VaultAnswer, VaultCall, VaultRoute } from '../wire/vault-call.js';
import { badRequest, notFound, VaultFault } from '../wire/vault-fault.js';
import { findSecretId, roleOf, secretIdFolder, secretIdKey, type SecretId } from './approle-records.js';

interface FoundSecretId {
  readonly key: string;
  readonly secretId: SecretId;
}

/** The secret ids of a role: made, listed by accessor, looked up and destroyed. */
export function secretIdRoutes(context: VaultContext): readonly VaultRoute[] {
  const look = (find: (call: VaultCall) => FoundSecretId | undefined) => (call: VaultCall) => {
    const found = find(call);
    return found === undefined ? undefined : { data: showSecretId(found.secretId) };
  };
  const destroy = (find: (call: VaultCall) => FoundSecretId | undefined) => (call: VaultCall) => {
    const found = find(call);
    if (found !== undefined) context.store.delete('engine', found.key);
    return undefined;
  };
  const byId = (call: VaultCall): FoundSecretId | undefined => findById(context, call);
  const byAccessor = (call: VaultCall): FoundSecretId => findByAccessor(context, call);
  return [
    {
      path: 'role/:name/secret-id',
      write: (call) => makeSecretId(context, call, randomUUID()),
      list: (call) => {
        const keys = allOf(context, call).map(({ secretId }) => secretId.accessor);
        if (keys.length === 0) throw notFound();
        return { data: { keys } };
      },
    },
    {
      path: 'role/:name/custom-secret-id',
      write: (call) => makeSecretId(context, call, requiredText(call.body, 'secret_id')),
    },
    { path: 'role/:name/secret-id/lookup', write: look(byId) },
    { path: 'role/:name/secret-id/destroy', write: destroy(byId), delete: destroy(byId) },
    { path: 'role/:name/secret-id-accessor/lookup', write: look(byAccessor) },
    {
      path: 'role/:name/secret-id-accessor/destroy',
      write: destroy(byAccessor),
      delete: destroy(byAccessor),
    },
  ];
}

function makeSecretId(context: VaultContext, call: VaultCall, id: string): VaultAnswer {
  const role = roleOf(context, call);
  if (!role.bindSecretId) throw badRequest('bind_secret_id is not set on the role');
  refuseFields(call.body, ['cidr_list', 'token_bound_cidrs']);
  const numUses = countField(call.body, 'num_uses') ?? role.secretIdNumUses;
  const secretId: SecretId = {
    role: role.name,
    accessor: randomUUID(),
    createdMs: context.clock(),
    ttlSec: secondsField(call.body, 'ttl') ?? role.secretIdTtlSec,
    numUses,
    usesLeft: numUses,
    metadata: metadataOf(call),
  };
  dropOver(context, call);
  context.store.put('engine', secretIdKey(call, role.name, id), { ...secretId });
  return { data: { secret_id: id, secret_id_accessor: secretId.accessor, secret_id_ttl: secretId.ttlSec } };
}

/** A JSON text of names and texts. */
function metadataOf(call: VaultCall): Readonly<Record<string, string>> {
  const text = textField(call.body, 'metadata') ?? '{}';
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value))
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, String(each)]));
  } catch {
    // Falls through to the refusal.
  }
  throw badRequest('failed to parse metadata: not a JSON object in a string');
}

function allOf(context: VaultContext, call: VaultCall): readonly FoundSecretId[] {
  const keys = context.store.keys('engine', secretIdFolder(call, roleOf(context, call).name));
  return keys.flatMap((key) => {
    const secretId = findSecretId(context, key);
    return secretId === undefined ? [] : [{ key, secretId }];
  });
}

/** Those whose time is over are of no use to anybody. */
function dropOver(context: VaultContext, call: VaultCall): void {
  for (const key of context.store.keys('engine', secretIdFolder(call, roleOf(context, call).name)))
    if (findSecretId(context, key) === undefined) context.store.delete('engine', key);
}

function findById(context: VaultContext, call: VaultCall): FoundSecretId | undefined {
  const key = secretIdKey(call, roleOf(context, call).name, requiredText(call.body, 'secret_id'));
  const secretId = findSecretId(context, key);
  return secretId === undefined ? undefined : { key, secretId };
}

function findByAccessor(context: VaultContext, call: VaultCall): FoundSecretId {
  const accessor = requiredText(call.body, 'secret_id_accessor');
  const found = allOf(context, call).find(({ secretId }) => secretId.accessor === accessor);
  if (found === undefined)
    throw new VaultFault(
      404,
      `1 error occurred:\n\t* failed to find accessor entry for secret_id_accessor\n\n`,
    );
  return found;
}

function showSecretId(secretId: SecretId): JsonObject {
  const created = timeText(secretId.createdMs);
  return {
    cidr_list: [],
    creation_time: created,
    expiration_time:
      secretId.ttlSec === 0 ? '0001-01-01T00:00:00Z' : timeText(secretId.createdMs + secretId.ttlSec * 1000),
    last_updated_time: created,
    metadata: secretId.metadata,
    secret_id_accessor: secretId.accessor,
    secret_id_num_uses: secretId.usesLeft,
    secret_id_ttl: secretId.ttlSec,
    token_bound_cidrs: [],
  };
}
