import { describe, expect, it } from 'vitest';

import { CachedRecords } from './cached-records.js';

const { signal } = new AbortController();

/** A cache over reads that are counted, with a clock that is set by hand. */
function cacheOf(read: (count: number) => Promise<string>): {
  readonly records: CachedRecords<string>;
  readonly reads: () => number;
  now: number;
} {
  let count = 0;
  const cache = {
    now: 0,
    reads: () => count,
    records: new CachedRecords({
      read: async () => {
        count += 1;
        return read(count);
      },
      clock: (): number => cache.now,
      maxAgeMs: 1_000,
    }),
  };
  return cache;
}

describe('CachedRecords', () => {
  it('reads once while nothing changes', async () => {
    const cache = cacheOf(async (count) => Promise.resolve(`read ${count}`));
    expect(await cache.records.get(signal)).toBe('read 1');
    expect(await cache.records.get(signal)).toBe('read 1');
    expect(cache.reads()).toBe(1);
  });

  it('reads again after a change, and after a long time', async () => {
    const cache = cacheOf(async (count) => Promise.resolve(`read ${count}`));
    await cache.records.get(signal);
    cache.records.changed();
    expect(await cache.records.get(signal)).toBe('read 2');
    cache.now = 1_000;
    expect(await cache.records.get(signal)).toBe('read 3');
  });

  it('reads again when something changed during the read', async () => {
    const cache = cacheOf(async (count) => {
      if (count === 1) cache.records.changed();
      return Promise.resolve(`read ${count}`);
    });
    await cache.records.get(signal);
    expect(await cache.records.get(signal)).toBe('read 2');
  });

  it('gives nothing old when a read fails', async () => {
    const cache = cacheOf(async (count) =>
      count === 2 ? Promise.reject(new Error('no Consul')) : Promise.resolve(`read ${count}`),
    );
    await cache.records.get(signal);
    cache.records.changed();
    await expect(cache.records.get(signal)).rejects.toThrow('no Consul');
    expect(await cache.records.get(signal)).toBe('read 3');
  });
});
