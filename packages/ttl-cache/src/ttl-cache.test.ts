import { describe, expect, it } from 'vitest';
import { TtlCache } from './ttl-cache.js';
import { TTL_CACHE_ERRORS, TtlCacheError, isTtlCacheError } from './ttl-cache-error.js';

interface FakeClock {
  now: number;
}

function makeCache(options: { ttlMs?: number; maxEntries?: number } = {}): {
  clock: FakeClock;
  cache: TtlCache<string, number>;
} {
  const clock = { now: 1_000 };
  return { clock, cache: new TtlCache({ ttlMs: 100, ...options, clock: () => clock.now }) };
}

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error: unknown) {
    return error;
  }
  return undefined;
}

describe('TtlCache', () => {
  it('returns a value until its TTL has passed, and not at that very moment', () => {
    const { clock, cache } = makeCache();
    cache.set('a', 1);
    clock.now += 99;
    expect(cache.get('a')).toBe(1);
    expect(cache.has('a')).toBe(true);
    clock.now += 1;
    expect(cache.get('a')).toBeUndefined();
    expect(cache.has('a')).toBe(false);
    expect(cache.size).toBe(0);
  });

  it('does not extend a life by reading', () => {
    const { clock, cache } = makeCache();
    cache.set('a', 1);
    clock.now += 60;
    cache.get('a');
    clock.now += 60;
    expect(cache.get('a')).toBeUndefined();
  });

  it('starts a life anew by setting, with its own TTL where given', () => {
    const { clock, cache } = makeCache();
    cache.set('a', 1).set('a', 2, { ttlMs: 500 });
    clock.now += 499;
    expect(cache.get('a')).toBe(2);
    cache.set('a', 3);
    expect(cache.expiresAt('a')).toBe(clock.now + 100);
  });

  it('evicts the entry closest to its expiry when a new key finds it full', () => {
    const { cache } = makeCache({ maxEntries: 2 });
    cache.set('long', 1, { ttlMs: 300 }).set('short', 2, { ttlMs: 200 }).set('new', 3, { ttlMs: 10 });
    expect(cache.entries()).toEqual([
      ['long', 1],
      ['new', 3],
    ]);
  });

  it('evicts the one set longest ago when all expire together', () => {
    const { cache } = makeCache({ maxEntries: 2 });
    cache.set('a', 1).set('b', 2).set('a', 3).set('c', 4);
    expect(cache.entries().map(([key]) => key)).toEqual(['a', 'c']);
  });

  it('does not evict when a key that is there is set again', () => {
    const { cache } = makeCache({ maxEntries: 2 });
    cache.set('a', 1).set('b', 2).set('b', 3);
    expect(cache.size).toBe(2);
  });

  it('prefers dropping the expired to evicting the living', () => {
    const { clock, cache } = makeCache({ maxEntries: 2 });
    cache.set('dead', 1, { ttlMs: 10 }).set('alive', 2);
    clock.now += 10;
    cache.set('new', 3);
    expect(cache.entries().map(([key]) => key)).toEqual(['alive', 'new']);
  });

  it('says when a key and when the next key expires', () => {
    const { clock, cache } = makeCache();
    expect(cache.nextExpiry()).toBeUndefined();
    cache.set('a', 1).set('b', 2, { ttlMs: 50 }).set('for ever', 3, { ttlMs: Infinity });
    expect([cache.expiresAt('a'), cache.expiresAt('for ever'), cache.expiresAt('x')]).toEqual([
      1_100,
      Infinity,
      undefined,
    ]);
    expect(cache.nextExpiry()).toBe(1_050);
    clock.now = 1_050;
    expect(cache.nextExpiry()).toBe(1_100);
    clock.now = 1e12;
    expect(cache.nextExpiry()).toBeUndefined();
    expect(cache.size).toBe(1);
  });

  it('deletes and clears', () => {
    const { clock, cache } = makeCache();
    cache.set('a', 1).set('b', 2);
    expect([cache.delete('a'), cache.delete('a')]).toEqual([true, false]);
    clock.now += 100;
    expect(cache.delete('b')).toBe(false);
    cache.set('c', 3).clear();
    expect(cache.size).toBe(0);
    expect(cache.nextExpiry()).toBeUndefined();
  });

  it('gives a copy by entries(), so the cache may change while one walks it', () => {
    const { cache } = makeCache();
    cache.set('a', 1).set('b', 2);
    for (const [key] of cache.entries()) cache.delete(key);
    expect(cache.size).toBe(0);
  });

  it('keeps a stored undefined apart from an absent key', () => {
    const cache = new TtlCache<string, undefined>({ ttlMs: 100 });
    cache.set('a', undefined);
    expect([cache.has('a'), cache.has('b')]).toEqual([true, false]);
  });

  it('is bounded even when no bound is given', () => {
    const cache = new TtlCache<number, number>({ ttlMs: Infinity });
    for (let i = 0; i < 10_001; i += 1) cache.set(i, i);
    expect(cache.size).toBe(10_000);
    expect(cache.has(0)).toBe(false);
  });

  it.each([0, -1, NaN, '5' as unknown as number])('refuses the TTL %s', (ttlMs) => {
    expect(thrownBy(() => new TtlCache({ ttlMs }))).toSatisfy(isTtlCacheError);
    const { cache } = makeCache();
    const error = thrownBy(() => cache.set('a', 1, { ttlMs }));
    expect(error).toMatchObject({ code: 'TTL_CACHE_INVALID_OPTION', retryable: false });
    expect((error as Error).message).toContain(`ttlMs is ${String(ttlMs)}; give`);
    expect(cache.size).toBe(0);
  });

  it.each([0, 1.5, -3, NaN])('refuses the size %s', (maxEntries) => {
    expect(thrownBy(() => makeCache({ maxEntries }))).toMatchObject({ code: 'TTL_CACHE_INVALID_OPTION' });
  });
});

describe('isTtlCacheError', () => {
  it('goes by name and code, not by class', () => {
    const foreign = Object.assign(new Error('x'), {
      name: 'TtlCacheError',
      code: 'TTL_CACHE_INVALID_OPTION',
    });
    expect(isTtlCacheError(foreign)).toBe(true);
    expect(isTtlCacheError(new TtlCacheError('TTL_CACHE_INVALID_OPTION', 'x'))).toBe(true);
    expect(isTtlCacheError(Object.assign(new Error('x'), { name: 'TtlCacheError', code: 'OTHER' }))).toBe(
      false,
    );
    expect(isTtlCacheError('TTL_CACHE_INVALID_OPTION')).toBe(false);
    expect(Object.keys(TTL_CACHE_ERRORS)).toEqual(['TTL_CACHE_INVALID_OPTION']);
  });
});
