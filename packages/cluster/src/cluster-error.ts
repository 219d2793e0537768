/** What can go wrong here; failures of Consul itself pass through as `ConsulError`. */
export type ClusterErrorCode =
  | 'CLUSTER_INVALID_NAME'
  | 'CLUSTER_NAME_MISMATCH'
  | 'CLUSTER_VALUE_TOO_LARGE'
  | 'CLUSTER_POD_NOT_FOUND'
  | 'CLUSTER_POD_INVALID'
  | 'CLUSTER_CONFLICT';

/** Every code with its meaning in one line. */
export const CLUSTER_ERRORS: Readonly<Record<ClusterErrorCode, string>> = {
  CLUSTER_INVALID_NAME: 'A pod name, slot index, host name or prefix cannot be part of a key.',
  CLUSTER_NAME_MISMATCH: 'A pod definition says another name than the one it was to be stored under.',
  CLUSTER_VALUE_TOO_LARGE: 'A record is larger than the 512 kB that Consul stores under one key.',
  CLUSTER_POD_NOT_FOUND: 'There is no pod definition of this name.',
  CLUSTER_POD_INVALID: 'The stored pod definition, or what it would become, is not valid.',
  CLUSTER_CONFLICT: 'Others kept changing the record while it was being changed; nothing was written.',
};

/** Extra facts of a {@link ClusterError}. */
export interface ClusterErrorOptions extends ErrorOptions {
  /** Whether the same call can succeed when made again. Default false. */
  readonly retryable?: boolean;
}

/** A refusal of this package; nothing was written when it is thrown. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
  readonly code: ClusterErrorCode;
  readonly retryable: boolean;

  constructor(code: ClusterErrorCode, message: string, options: ClusterErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

/** Recognises a {@link ClusterError} by name and code, also one from another copy of this package. */
export function isClusterError(error: unknown): error is ClusterError {
  return (
    typeof error === 'object' &&
    error !== null &&
    'name' in error &&
    error.name === 'ClusterError' &&
    'code' in error &&
    typeof error.code === 'string' &&
    Object.hasOwn(CLUSTER_ERRORS, error.code)
  );
}
