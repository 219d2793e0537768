/** Stable codes of {@link EmbeddedError}. */
export type EmbeddedErrorCode =
  | 'EMBEDDED_PORT_IN_USE'
  | 'EMBEDDED_LISTEN_FAILED'
  | 'EMBEDDED_DATA_IN_USE'
  | 'EMBEDDED_DATA_UNREADABLE'
  | 'EMBEDDED_DATA_UNWRITABLE'
  | 'EMBEDDED_KEY_EXPOSED'
  | 'EMBEDDED_KEY_UNUSABLE';

/** Every code with its meaning in one line. */
export const EMBEDDED_ERRORS: Readonly<Record<EmbeddedErrorCode, string>> = {
  EMBEDDED_PORT_IN_USE: 'Another process listens on the address that the embedded server was given.',
  EMBEDDED_LISTEN_FAILED: 'The embedded server could not listen on its address for another reason.',
  EMBEDDED_DATA_IN_USE: 'Another process (or another server in this one) has the data directory open.',
  EMBEDDED_DATA_UNREADABLE: 'The data directory cannot be opened, or what it holds cannot be understood.',
  EMBEDDED_DATA_UNWRITABLE: 'A change could not be made durable, so it was not acknowledged.',
  EMBEDDED_KEY_EXPOSED: 'The key file of the embedded Vault may be read or changed by others than its owner.',
  EMBEDDED_KEY_UNUSABLE:
    'The key file of the embedded Vault is missing, damaged, not to be made, or does not open the data.',
};

interface EmbeddedErrorOptions {
  readonly message: string;
  readonly cause?: unknown;
  readonly retryable?: boolean;
}

/** What the embedded server throws: `code` says which mistake, `message` what to do next. */
export class EmbeddedError extends Error {
  override readonly name = 'EmbeddedError';
  /** True when the same call may succeed later with nothing changed. */
  readonly retryable: boolean;

  constructor(
    readonly code: EmbeddedErrorCode,
    options: EmbeddedErrorOptions,
  ) {
    super(options.message, { cause: options.cause });
    this.retryable = options.retryable ?? false;
  }
}

/** True for an {@link EmbeddedError} of any copy of this package (it compares name and code, not the class). */
export function isEmbeddedError(error: unknown): error is EmbeddedError {
  return (
    error instanceof Error &&
    error.name === 'EmbeddedError' &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code in EMBEDDED_ERRORS
  );
}
