import type { CallOptions } from '../call-options.js';
import type { Lease } from '../leases/leases.js';

/** A call to an engine that may be mounted elsewhere. */
export interface EngineOptions extends CallOptions {
  /** Where the engine is mounted. Default: the engine's usual place. */
  readonly mount?: string;
}

/** A database user made for whoever asked. Dropped when the lease ends. */
export interface DatabaseCredentials {
  readonly username: string;
  readonly password: string;
  readonly lease: Lease;
}

/** The database secrets engine. https://developer.hashicorp.com/vault/docs/secrets/databases */
export interface Database {
  /** Makes a user with the rights of a role. Mount: `database`. @throws VaultError VAULT_NOT_FOUND for an unknown role. */
  credentials(role: string, options?: EngineOptions): Promise<DatabaseCredentials>;
}
