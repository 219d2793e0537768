import type { LeaseEngine, LeaseTerms } from '../leases/lease-engine.js';
import type { Lease } from '../state/records.js';
import type { VaultContext } from '../vault-context.js';
import { badRequest, wrapped } from '../wire/vault-fault.js';
import {
  findConfig,
  findDatabaseRole,
  type CredentialLease,
  type DatabaseConfig,
} from './database-records.js';
import type { Postgres } from './postgres.js';
import { expirationText, fill } from './statements.js';

/** What is done to the login when its lease is renewed and the role says nothing. */
const DEFAULT_RENEWAL = [`ALTER ROLE "{{name}}" VALID UNTIL '{{expiration}}';`];

/** Renews and takes back credentials. */
export function databaseLeases(context: VaultContext, postgres: Postgres): LeaseEngine {
  return {
    terms: (lease) => termsOf(context, lease),
    renew: async (lease, expiresMs) => {
      const { dbName, role: roleName, username } = credentialOf(lease);
      const renewal = findDatabaseRole(context, lease.mountUuid, roleName)?.renewal ?? [];
      const statements = renewal.length === 0 ? DEFAULT_RENEWAL : renewal;
      const config = configOf(context, lease, dbName);
      const values = { username, expiration: expirationText(expiresMs) };
      await postgres.transaction(config, fill(statements, values), []).catch((error: unknown) => {
        throw wrapped(500, `failed to renew: ${error instanceof Error ? error.message : 'unknown error'}`);
      });
    },
    revoke: async (lease) => {
      const { dbName, username, revocation } = credentialOf(lease);
      const config = configOf(context, lease, dbName);
      if (revocation.length === 0) return postgres.dropRole(config, username);
      // Statements of one's own seldom bear that the role is gone; then there is nothing left to do.
      if (await postgres.roleExists(config, username))
        await postgres.transaction(config, fill(revocation, { username }), []);
      return undefined;
    },
  };
}

function termsOf(context: VaultContext, lease: Lease): LeaseTerms {
  const role = findDatabaseRole(context, lease.mountUuid, credentialOf(lease).role);
  if (role === undefined) throw badRequest('could not find role during renewal');
  const mount = context.mounts.all().find(({ uuid }) => uuid === lease.mountUuid);
  return {
    defaultSec: role.defaultTtlSec || (mount?.defaultTtlSec ?? 0),
    maxSec: role.maxTtlSec,
    mountMaxSec: mount?.maxTtlSec ?? 0,
  };
}

function credentialOf(lease: Lease): CredentialLease {
  // Leases of this engine are made by makeCredentials alone.
  return lease.data as unknown as CredentialLease;
}

function configOf(context: VaultContext, lease: Lease, dbName: string): DatabaseConfig {
  const config = findConfig(context, lease.mountUuid, dbName);
  if (config === undefined)
    throw wrapped(500, `failed to find entry for connection with name: ${JSON.stringify(dbName)}`);
  return config;
}
