import { describe, expect, it } from 'vitest';
import { setKey } from '../kv/kv-writes.js';
import { Store } from './store.js';

const input = (key: string, value = 'v'): { key: string; value: Buffer; flags: bigint } => ({
  key,
  value: Buffer.from(value),
  flags: 0n,
});

describe('Store', () => {
  it('moves its index by one for a write that changes something, and not otherwise', () => {
    const store = new Store(7);
    store.write((state) => setKey(state, input('a')));
    store.write((state) => setKey(state, input('a')));
    store.write((state) => {
      state.delete('kv', 'nothing');
    });
    expect(store.index).toBe(8);
  });

  it('undoes a write that throws, and one that cancels', () => {
    const store = new Store(0);
    store.write((state) => setKey(state, input('kept', 'old')));
    const spoil = (end: (state: { cancel: () => void }) => void): void => {
      store.write((state) => {
        setKey(state, input('kept', 'new'));
        setKey(state, input('new'));
        state.delete('kv', 'kept');
        end(state);
      });
    };
    expect(() => {
      spoil(() => {
        throw new Error('half way');
      });
    }).toThrow('half way');
    spoil((state) => {
      state.cancel();
    });
    expect(store.list('kv').map((entry) => `${entry.key}=${entry.value.toString()}`)).toEqual(['kept=old']);
    expect(store.index).toBe(1);
  });

  it('tells listeners of every commit in order, also of those that listeners make', () => {
    const store = new Store(0);
    const seen: number[] = [];
    store.onCommit((commit) => {
      if (commit.index === 1) store.write((state) => setKey(state, input('b')));
    });
    store.onCommit((commit) => seen.push(commit.index));
    store.write((state) => setKey(state, input('a')));
    expect(seen).toEqual([1, 2]);
  });

  it('never moves a reported index back, however many keys were deleted', () => {
    const store = new Store(0);
    for (let at = 0; at < 5000; at += 1) {
      store.write((state) => setKey(state, input(`k/${at}`)));
      store.write((state) => {
        state.delete('kv', `k/${at}`);
      });
    }
    expect(store.indexes.deletion('k/')).toBe(store.index);
    // Deletions that are no longer remembered one by one are covered by a floor.
    expect(store.indexes.deletion('k/0')).toBeGreaterThan(0);
  });
});
