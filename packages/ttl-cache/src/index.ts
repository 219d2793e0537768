export { TtlCache } from './ttl-cache.js';
export type { TtlCacheOptions, TtlCacheSetOptions } from './ttl-cache.js';
export { TTL_CACHE_ERRORS, TtlCacheError, isTtlCacheError } from './ttl-cache-error.js';
export type { TtlCacheErrorCode } from './ttl-cache-error.js';
