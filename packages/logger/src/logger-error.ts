/** Codes of {@link LoggerError}. */
export type LoggerErrorCode = 'LOGGER_INVALID_LEVEL' | 'LOGGER_INVALID_FORMAT';

/** Every code this package throws, with its meaning in one line. */
export const LOGGER_ERRORS: Readonly<Record<LoggerErrorCode, string>> = {
  LOGGER_INVALID_LEVEL: 'The log level is not one of trace, debug, info, warn, error, fatal, silent.',
  LOGGER_INVALID_FORMAT: 'The log format is not one of auto, json, pretty.',
};

/** Thrown by `createLogger` for options it cannot work with. Logging itself never throws. */
export class LoggerError extends Error {
  readonly code: LoggerErrorCode;
  readonly retryable = false;

  constructor(code: LoggerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LoggerError';
    this.code = code;
  }
}

/** Recognises a {@link LoggerError} by name and code, so that it works across the ESM and the CJS copy. */
export function isLoggerError(error: unknown): error is LoggerError {
  return (
    error instanceof Error &&
    error.name === 'LoggerError' &&
    'code' in error &&
    typeof error.code === 'string' &&
    Object.hasOwn(LOGGER_ERRORS, error.code)
  );
}
