import { boundedTtl } from '../leases/bounded-ttl.js';
import type { Lease } from '../state/records.js';
import { callerOf } from '../routing/authorize.js';
import { randomText } from '../tokens/token-ids.js';
import type { VaultContext } from '../vault-context.js';
import { param, type VaultAnswer, type VaultCall } from '../wire/vault-call.js';
import { badRequest, denied, wrapped } from '../wire/vault-fault.js';
import {
  findConfig,
  findDatabaseRole,
  type CredentialLease,
  type DatabaseConfig,
  type DatabaseRole,
} from './database-records.js';
import { PostgresError, type Postgres } from './postgres.js';
import { expirationText, fill } from './statements.js';

/** PostgreSQL cuts names behind this. */
const LONGEST_NAME = 63;
const PASSWORD_LENGTH = 20;

/** A new role in the database, for as long as its lease lasts. */
export async function makeCredentials(
  context: VaultContext,
  postgres: Postgres,
  call: VaultCall,
): Promise<VaultAnswer> {
  const roleName = param(call, 'name');
  const { role, config } = allowedRole(context, call, roleName);
  const caller = callerOf(call);
  const now = context.clock();
  const ttlSec = ttlOf(role, call, now);
  const username = newUsername(caller.displayName, roleName, now);
  const password = newPassword();
  const data: CredentialLease = {
    dbName: role.dbName,
    role: roleName,
    username,
    revocation: role.revocation,
  };
  const wish = { path: call.path, mount: call.mount, tokenId: caller.id, ttlSec, data: { ...data } };
  const lease = context.leases.prepare(wish);
  await context.durable();
  try {
    const values = { username, password, expiration: expirationText(lease.expiresMs) };
    await postgres.transaction(config, fill(role.creation, values), [password]);
  } catch (error) {
    undo(context, lease, error);
    throw wrapped(
      500,
      `failed to create credentials: ${error instanceof Error ? error.message : 'unknown error'}`,
    );
  }
  const alive = context.tokens.find(caller.id) !== undefined;
  if (!context.leases.confirm(lease) || !alive) {
    void context.leases.revoke(lease.id);
    throw denied();
  }
  return { data: { username, password }, lease: { id: lease.id, renewable: true, durationSec: ttlSec } };
}

/** A lost connection may have come after the change: then the role is looked for until that is known. */
function undo(context: VaultContext, lease: Lease, error: unknown): void {
  if (error instanceof PostgresError && error.nothingChanged) context.leases.forget(lease.id);
  else void context.leases.revoke(lease.id);
}

function ttlOf(role: DatabaseRole, call: VaultCall, nowMs: number): number {
  return boundedTtl({
    wantedSec: 0,
    defaultSec: role.defaultTtlSec || call.mount.defaultTtlSec,
    maximaSec: [role.maxTtlSec],
    mountMaxSec: call.mount.maxTtlSec,
    issuedMs: nowMs,
    nowMs,
  }).ttlSec;
}

interface AllowedRole {
  readonly role: DatabaseRole;
  readonly config: DatabaseConfig;
}

function allowedRole(context: VaultContext, call: VaultCall, name: string): AllowedRole {
  const role = findDatabaseRole(context, call.mount.uuid, name);
  if (role === undefined) throw badRequest(`unknown role: ${name}`);
  const config = findConfig(context, call.mount.uuid, role.dbName);
  if (config === undefined)
    throw wrapped(500, `failed to find entry for connection with name: ${JSON.stringify(role.dbName)}`);
  const fits = (pattern: string): boolean =>
    pattern === name || (pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1)));
  if (!config.allowedRoles.some(fits)) throw wrapped(500, `${JSON.stringify(name)} is not an allowed role`);
  return { role, config };
}

/** Says who asked for which role when, and is different every time. */
function newUsername(displayName: string, role: string, nowMs: number): string {
  const short = (text: string): string => text.replaceAll(/[^\w-]/g, '-').slice(0, 8);
  const name = `v-${short(displayName)}-${short(role)}-${randomText(20)}-${Math.floor(nowMs / 1000)}`;
  return name.slice(0, LONGEST_NAME);
}

/** Letters of both cases, digits and a dash, as databases that have rules for passwords want it. */
function newPassword(): string {
  for (;;) {
    const text = randomText(PASSWORD_LENGTH - 1);
    if (!/[a-z]/.test(text) || !/[A-Z]/.test(text) || !/\d/.test(text)) continue;
    const dash = 1 + (text.charCodeAt(0) % (PASSWORD_LENGTH - 2));
    return `${text.slice(0, dash)}-${text.slice(dash)}`;
  }
}
