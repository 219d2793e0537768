/** Codes of {@link TtlCacheError}. */
export type TtlCacheErrorCode = 'TTL_CACHE_INVALID_OPTION';

/** Every code this package throws, with its meaning in one line. */
export const TTL_CACHE_ERRORS: Readonly<Record<TtlCacheErrorCode, string>> = {
  TTL_CACHE_INVALID_OPTION: 'A duration or a size given to the cache is not a usable number.',
};

/** Thrown when the cache is given a value it cannot work with; retrying does not help. */
export class TtlCacheError extends Error {
  readonly code: TtlCacheErrorCode;
  readonly retryable = false;

  constructor(code: TtlCacheErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TtlCacheError';
    this.code = code;
  }
}

/** Recognises a {@link TtlCacheError} by name and code, so that it works across the ESM and the CJS copy. */
export function isTtlCacheError(error: unknown): error is TtlCacheError {
  return (
    error instanceof Error &&
    error.name === 'TtlCacheError' &&
    'code' in error &&
    typeof error.code === 'string' &&
    Object.hasOwn(TTL_CACHE_ERRORS, error.code)
  );
}
