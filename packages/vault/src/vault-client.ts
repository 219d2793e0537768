import type { CallOptions } from './call-options.js';
import type { Database } from './engines/database.js';
import type { Pki } from './engines/pki.js';
import type { Transit } from './engines/transit.js';
import type { Kv } from './kv/kv.js';
import type { Leases } from './leases/leases.js';
import type { TokenState } from './login/token-event.js';

/** What a server says of itself. */
export interface Health {
  readonly initialized: boolean;
  readonly sealed: boolean;
  /** Not the active server of its cluster. */
  readonly standby: boolean;
  readonly version: string;
}

/** Tokens by their accessors, which tell nothing and open nothing. */
export interface Tokens {
  /**
   * Renews another token, and tells what it has left: less than the last time means that its maximum is near, 0 that it has no end.
   *
   * @throws VaultError VAULT_NOT_FOUND when Vault does not know the accessor.
   */
  renewAccessor(accessor: string, options?: CallOptions): Promise<{ readonly ttlSec: number }>;
  /** Ends another token, its children and every lease issued under them. An unknown accessor counts as revoked. */
  revokeAccessor(accessor: string, options?: CallOptions): Promise<void>;
}

/** How to close. */
export interface CloseOptions {
  /** Revoke the token as well. **Every lease that was issued under it is revoked with it.** Default false. */
  readonly revoke?: boolean;
}

/**
 * One Vault. Every call has a deadline, honours an `AbortSignal` and throws `VaultError` only. The first call logs in; calls that come
 * together share one login. A call that Vault denies because the token has ended logs in again, once, and is repeated.
 */
export interface VaultClient {
  /** As given. */
  readonly address: string;
  /** What is known of the login now. Asks nobody. */
  tokenState(): TokenState;
  readonly kv: Kv;
  readonly database: Database;
  readonly pki: Pki;
  readonly leases: Leases;
  readonly tokens: Tokens;
  readonly transit: Transit;
  /**
   * A client with a token of its own, made by `auth/token/create/{tokenRole}` with this client's token: least privilege. Unless
   * the role makes orphans (`orphan=true`), such a token ends with this client's. Closing this client closes it too.
   */
  withTokenRole(tokenRole: string): VaultClient;
  /** Of the server that answers; needs no login. A sealed or standby server is an answer, not an error. */
  health(options?: CallOptions): Promise<Health>;
  /**
   * Ends renewals, calls (`VAULT_ABORTED`) and connections. The token lives on until its end, and so do its leases, unless `revoke` is
   * asked for. That a token could not be revoked is thrown; the client is closed all the same.
   */
  close(options?: CloseOptions): Promise<void>;
}
