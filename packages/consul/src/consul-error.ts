/** Every code this package throws, with what it means. `docs/errors.md` is made from it. */
export const CONSUL_ERRORS = {
  CONSUL_UNAVAILABLE: 'No connection to Consul: refused, reset, unreachable, or its name does not resolve.',
  CONSUL_TIMEOUT: 'Consul did not answer within the deadline of the call.',
  CONSUL_ABORTED: 'The caller ended the call by its signal, or closed the client.',
  CONSUL_FORBIDDEN: 'The ACL token is missing, unknown, or may not do this.',
  CONSUL_NOT_FOUND: 'The thing that was to be changed does not exist (a check, a service).',
  CONSUL_VALUE_TOO_LARGE: 'A value, or the values of one transaction, exceed 512 kB.',
  CONSUL_BAD_REQUEST: 'Consul, or this client before sending, refused the arguments.',
  CONSUL_BAD_OPTIONS: 'The connection options or their environment variables make no sense.',
  CONSUL_NO_LEADER: 'The Consul servers have no leader at the moment.',
  CONSUL_SERVER_ERROR: 'Consul answered with an error of its own, or with something that is not Consul.',
  CONSUL_SESSION_INVALID: 'A lock was asked for with a session that does not exist (any more).',
  CONSUL_SESSION_REFUSED: 'Consul did not make a session: a check it is bound to is missing or critical.',
  CONSUL_SESSION_LOST: 'A held session is gone, or could not be renewed within its TTL.',
  CONSUL_LOCK_LOST: 'A held lock belongs to someone else, or to nobody, now.',
} as const satisfies Readonly<Record<string, string>>;

/** Stable identification of a failure; messages may change, codes do not. */
export type ConsulErrorCode = keyof typeof CONSUL_ERRORS;

/** What else is known about a failure. */
export interface ConsulErrorDetails {
  /** Whether the same call may succeed later without a change by the caller. */
  readonly retryable: boolean;
  /** HTTP status, when Consul answered. */
  readonly statusCode?: number;
  /** The underlying error, free of requests, headers and tokens. */
  readonly cause?: unknown;
}

/** The only error this package throws. Recognise it with {@link isConsulError}, not by `instanceof`. */
export class ConsulError extends Error {
  /** See {@link CONSUL_ERRORS}. */
  readonly code: ConsulErrorCode;
  /** Whether the same call may succeed later without a change by the caller. */
  readonly retryable: boolean;
  /** HTTP status, when Consul answered. */
  readonly statusCode: number | undefined;

  constructor(code: ConsulErrorCode, message: string, details: ConsulErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'ConsulError';
    this.code = code;
    this.retryable = details.retryable;
    this.statusCode = details.statusCode;
  }
}

/** True for a `ConsulError` of any copy of this package: the ESM and the CommonJS one are two classes. */
export function isConsulError(error: unknown): error is ConsulError {
  return (
    error instanceof Error &&
    error.name === 'ConsulError' &&
    'code' in error &&
    Object.hasOwn(CONSUL_ERRORS, String(error.code))
  );
}
