import type { VaultContext } from '../vault-context.js';
import type { VaultCall } from '../wire/vault-call.js';
import type { PostgresLogin } from './postgres.js';

/** A database that roles are made in. */
export interface DatabaseConfig extends PostgresLogin {
  /** `*` = all. */
  readonly allowedRoles: readonly string[];
}

/** How credentials are made. */
export interface DatabaseRole {
  readonly dbName: string;
  readonly creation: readonly string[];
  readonly revocation: readonly string[];
  readonly renewal: readonly string[];
  readonly rollback: readonly string[];
  /** 0 = the mount's. */
  readonly defaultTtlSec: number;
  readonly maxTtlSec: number;
}

/** What a lease remembers: it can be taken back even when its role is gone. */
export interface CredentialLease {
  readonly dbName: string;
  readonly role: string;
  readonly username: string;
  readonly revocation: readonly string[];
}

/** Where a database or a role of a mount is kept. */
export function databaseKey(mountUuid: string, kind: 'config' | 'role', name: string): string {
  return `${mountUuid}/${kind}/${name}`;
}

/** The database of a name; `undefined` when there is none. */
export function findConfig(
  context: VaultContext,
  mountUuid: string,
  name: string,
): DatabaseConfig | undefined {
  // Only this engine writes under its own mount.
  return context.store.get('engine', databaseKey(mountUuid, 'config', name)) as unknown as
    DatabaseConfig | undefined;
}

/** The role of a name; `undefined` when there is none. */
export function findDatabaseRole(
  context: VaultContext,
  mountUuid: string,
  name: string,
): DatabaseRole | undefined {
  return context.store.get('engine', databaseKey(mountUuid, 'role', name)) as unknown as
    DatabaseRole | undefined;
}

/** Names of what is kept. */
export function databaseNames(
  context: VaultContext,
  call: VaultCall,
  kind: 'config' | 'role',
): readonly string[] {
  const folder = databaseKey(call.mount.uuid, kind, '');
  return context.store.keys('engine', folder).map((key) => key.slice(folder.length));
}
