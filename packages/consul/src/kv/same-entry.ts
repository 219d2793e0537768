import type { KvEntry } from './kv-entry.js';

/**
 * Whether a key is as it was. Consul wakes a query for a key that does not exist with every write near it; any change of an
 * existing key, locking included, has a new `modifyIndex`.
 */
export function sameEntry(previous: KvEntry | undefined, next: KvEntry | undefined): boolean {
  return previous?.modifyIndex === next?.modifyIndex && previous?.createIndex === next?.createIndex;
}
