import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keyQuery, prefixQuery } from '../kv/kv-queries.js';
import { setKey } from '../kv/kv-writes.js';
import { Store } from '../state/store.js';
import { blockingQuery } from './blocking-query.js';
import { Watchers } from './watchers.js';

function set(store: Store, key: string, value = 'v'): void {
  store.write((state) => setKey(state, { key, value: Buffer.from(value), flags: 0n }));
}

describe('blockingQuery', () => {
  let store: Store;
  let watchers: Watchers;
  const never = new AbortController().signal;

  beforeEach(() => {
    vi.useFakeTimers();
    store = new Store(0);
    watchers = new Watchers(store);
    store.onCommit((commit) => {
      watchers.notify(commit);
    });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('answers at once without an index, never with index 0, and holds nothing', async () => {
    const result = await blockingQuery(watchers, keyQuery(store, 'a'), {
      minIndex: 0,
      waitMs: 1000,
      signal: never,
    });
    expect(result).toEqual({ index: 1, value: undefined });
    expect(watchers.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('wakes for its own key only, and leaves no waiter or timer behind', async () => {
    set(store, 'a');
    const answered = vi.fn();
    const waiting = blockingQuery(watchers, keyQuery(store, 'a'), {
      minIndex: 1,
      waitMs: 1000,
      signal: never,
    }).then(answered);
    set(store, 'b');
    set(store, 'a/b');
    await vi.advanceTimersByTimeAsync(10);
    expect(answered).not.toHaveBeenCalled();
    set(store, 'a', 'new');
    await waiting;
    expect(answered).toHaveBeenCalledWith(expect.objectContaining({ index: 4 }));
    expect(watchers.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('wakes a prefix for additions, changes and deletions below it', async () => {
    set(store, 'p/a');
    for (const change of [
      () => {
        set(store, 'p/b');
      },
      () => {
        set(store, 'p/a', 'new');
      },
      () => {
        store.write((state) => {
          state.delete('kv', 'p/b');
        });
      },
    ]) {
      const before = prefixQuery(store, 'p/').read().index;
      const waiting = blockingQuery(watchers, prefixQuery(store, 'p/'), {
        minIndex: before,
        waitMs: 1000,
        signal: never,
      });
      change();
      expect((await waiting).index).toBe(store.index);
    }
  });

  it('ends after the wait and at most a sixteenth more', async () => {
    set(store, 'a');
    const answered = vi.fn();
    const waiting = blockingQuery(watchers, keyQuery(store, 'a'), {
      minIndex: 1,
      waitMs: 1600,
      signal: never,
    }).then(answered);
    await vi.advanceTimersByTimeAsync(1599);
    expect(answered).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(102);
    expect(answered).toHaveBeenCalledWith(expect.objectContaining({ index: 1 }));
    await waiting;
  });

  it('ends at once when its client is gone', async () => {
    set(store, 'a');
    const client = new AbortController();
    const waiting = blockingQuery(watchers, keyQuery(store, 'a'), {
      minIndex: 1,
      waitMs: 60_000,
      signal: client.signal,
    });
    client.abort();
    expect((await waiting).index).toBe(1);
    expect(watchers.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
