import type { KvEntry } from '../state/records.js';
import type { Store } from '../state/store.js';
import type { Query } from '../watch/blocking-query.js';

/** One key. A missing key reports the index of the last change of any key. */
export function keyQuery(store: Store, key: string): Query<KvEntry | undefined> {
  return {
    interests: [{ kind: 'key', key }],
    read: () => {
      const entry = store.get('kv', key);
      return { index: entry?.modifyIndex ?? store.indexes.table('kv'), value: entry };
    },
  };
}

/** All keys under a prefix. The index moves only with changes and deletions under that prefix. */
export function prefixQuery(store: Store, prefix: string): Query<readonly KvEntry[]> {
  return {
    interests: [{ kind: 'prefix', prefix }],
    read: () => {
      const entries = store.list('kv', prefix);
      return { index: prefixIndex(store, prefix, entries), value: entries };
    },
  };
}

/** The names under a prefix; with a separator, only up to its first occurrence after the prefix, each once. */
export function keysQuery(store: Store, prefix: string, separator: string): Query<readonly string[]> {
  const entries = prefixQuery(store, prefix);
  return {
    interests: entries.interests,
    read: () => {
      const { index, value } = entries.read();
      return { index, value: foldKeys(value, prefix, separator) };
    },
  };
}

function prefixIndex(store: Store, prefix: string, entries: readonly KvEntry[]): number {
  let newest = store.indexes.deletion(prefix);
  for (const entry of entries) newest = Math.max(newest, entry.modifyIndex);
  return newest === 0 ? store.indexes.table('kv') : newest;
}

function foldKeys(entries: readonly KvEntry[], prefix: string, separator: string): readonly string[] {
  const keys = entries.map((entry) => entry.key);
  if (separator === '') return keys;
  return [...new Set(keys.map((key) => upTo(key, separator, prefix.length)))];
}

function upTo(key: string, separator: string, from: number): string {
  const at = key.indexOf(separator, from);
  return at < 0 ? key : key.slice(0, at + separator.length);
}
