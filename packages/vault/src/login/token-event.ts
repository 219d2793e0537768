import type { VaultError } from '../vault-error.js';

/** A login succeeded: the first, or one that replaced a token that ended. */
export interface LoggedIn {
  readonly type: 'logged-in';
  readonly accessor: string | undefined;
  /** Milliseconds since 1970; undefined for a token without an end. */
  readonly expiresAt: number | undefined;
}

/** The token lives longer now. */
export interface Renewed {
  readonly type: 'renewed';
  readonly accessor: string | undefined;
  /** Milliseconds since 1970. */
  readonly expiresAt: number | undefined;
}

/** A renewal, or the login that is to replace the token, failed. The token is still good until its end. */
export interface RenewalFailed {
  readonly type: 'renewal-failed';
  readonly error: VaultError;
  /** When it is tried again, in milliseconds since 1970; undefined when it is not. */
  readonly retryAt: number | undefined;
}

/** The token has ended, and there is none in its place (yet). */
export interface TokenLost {
  readonly type: 'lost';
  readonly error: VaultError;
}

/** What happened to the login. Holds no token. */
export type TokenEvent = LoggedIn | Renewed | RenewalFailed | TokenLost;

/** State of the login. Never the token itself. */
export interface TokenState {
  /**
   * `none`: nobody asked for anything yet. `valid`: good, and renewed while Vault allows. `renewing-fails`: still good, but
   * it cannot be renewed at the moment, or any more. `lost`: ended; the next call logs in again where the method allows it.
   */
  readonly state: 'none' | 'valid' | 'renewing-fails' | 'lost';
  readonly accessor?: string;
  /** When the token ends unless it is renewed, in milliseconds since 1970; absent for a token without an end. */
  readonly expiresAt?: number;
  readonly renewable?: boolean;
}
