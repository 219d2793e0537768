/** Codes of {@link ConstraintsError}. */
export type ConstraintsErrorCode =
  'CONSTRAINTS_PROBE_FAILED' | 'CONSTRAINTS_PROBE_TIMEOUT' | 'CONSTRAINTS_PROBE_ABORTED';

/** Every code this package throws, with its meaning in one line. Only the probe throws; `evaluate` never does. */
export const CONSTRAINTS_ERRORS: Readonly<Record<ConstraintsErrorCode, string>> = {
  CONSTRAINTS_PROBE_FAILED:
    'An essential fact of the host (CPU, memory, disk, operating system) could not be read.',
  CONSTRAINTS_PROBE_TIMEOUT: 'The facts of the host were not there within the deadline.',
  CONSTRAINTS_PROBE_ABORTED: 'The caller no longer waits for the facts of the host.',
};

/** Thrown by the probe. */
export class ConstraintsError extends Error {
  readonly code: ConstraintsErrorCode;
  /** All but an abort may go away by itself. */
  readonly retryable: boolean;

  constructor(code: ConstraintsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ConstraintsError';
    this.code = code;
    this.retryable = code !== 'CONSTRAINTS_PROBE_ABORTED';
  }
}

/** Recognises a {@link ConstraintsError} by name and code, so that it works across the ESM and the CJS copy. */
export function isConstraintsError(error: unknown): error is ConstraintsError {
  return (
    error instanceof Error &&
    error.name === 'ConstraintsError' &&
    'code' in error &&
    typeof error.code === 'string' &&
    Object.hasOwn(CONSTRAINTS_ERRORS, error.code)
  );
}
