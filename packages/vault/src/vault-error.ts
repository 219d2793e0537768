/** Every code this package throws, with what it means. `docs/errors.md` is made from it. */
export const VAULT_ERRORS = {
  VAULT_UNREACHABLE: 'No connection to Vault: refused, reset, not trusted, or its name does not resolve.',
  VAULT_TIMEOUT: 'Vault did not answer within the deadline of the call.',
  VAULT_ABORTED: 'The caller ended the call by its signal, or closed the client.',
  VAULT_SEALED: 'Vault is sealed: it must be unsealed before it answers.',
  VAULT_STANDBY: 'A standby server answered, and could not pass the request on to the active one.',
  VAULT_SERVER_ERROR:
    'Vault answered with an error of its own, is not initialized, or limits the rate of requests.',
  VAULT_DENIED: 'No policy of the token allows this.',
  VAULT_LOGIN_FAILED: 'Vault refused the login: the role, the secret id, the token or the JWT.',
  VAULT_TOKEN_LOST:
    'The token has ended, or soon will; a client that was given one has no means to get another.',
  VAULT_NOT_FOUND: 'There is nothing at this path.',
  VAULT_DELETED: 'This version of the secret was deleted; it can be undeleted.',
  VAULT_DESTROYED: 'This version of the secret was destroyed for good.',
  VAULT_NO_MOUNT: 'No secrets engine is mounted at this path, or not one of the kind that was asked for.',
  VAULT_LEASE_GONE: 'Vault does not know the lease: expired, or revoked.',
  VAULT_CAS_MISMATCH: 'The secret has another version than the one the write was made for.',
  VAULT_BAD_REQUEST: 'Vault, or this client before sending, refused the arguments.',
  VAULT_BAD_OPTIONS: 'The connection options or their environment variables make no sense.',
  VAULT_BAD_ANSWER: 'The answer is not what Vault gives: another server, a proxy, or a broken answer.',
} as const satisfies Readonly<Record<string, string>>;

/** Stable identification of a failure; messages may change, codes do not. */
export type VaultErrorCode = keyof typeof VAULT_ERRORS;

/** What else is known about a failure. */
export interface VaultErrorDetails {
  /** Whether the same call may succeed later without a change by the caller. */
  readonly retryable: boolean;
  /** HTTP status, when Vault answered. */
  readonly status?: number | undefined;
  /** Path of the request below `/v1/`, as policies name it. */
  readonly path?: string | undefined;
  /** The underlying error, free of requests, headers, tokens and secrets. */
  readonly cause?: unknown;
}

/** The only error this package throws. Recognise it with {@link isVaultError}, not by `instanceof`. */
export class VaultError extends Error {
  /** See {@link VAULT_ERRORS}. */
  readonly code: VaultErrorCode;
  /** Whether the same call may succeed later without a change by the caller. */
  readonly retryable: boolean;
  /** HTTP status, when Vault answered. */
  readonly status: number | undefined;
  /** Path of the request below `/v1/`, as policies name it; undefined when no request was made. */
  readonly path: string | undefined;

  constructor(code: VaultErrorCode, message: string, details: VaultErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'VaultError';
    this.code = code;
    this.retryable = details.retryable;
    this.status = details.status;
    this.path = details.path;
  }
}

/** True for a `VaultError` of any copy of this package: the ESM and the CommonJS one are two classes. */
export function isVaultError(error: unknown): error is VaultError {
  return (
    error instanceof Error &&
    error.name === 'VaultError' &&
    'code' in error &&
    Object.hasOwn(VAULT_ERRORS, String(error.code))
  );
}
