import { expect, it } from 'vitest';
import { prefixQuery } from '../kv/kv-queries.js';
import { setKey } from '../kv/kv-writes.js';
import { Store } from '../state/store.js';
import { SharedReads } from './shared-reads.js';

it('shares what is read under one name until the next commit, and never longer', () => {
  const store = new Store(0);
  const shared = new SharedReads(store);
  const set = (key: string): void => {
    store.write((state) => setKey(state, { key, value: Buffer.from('v'), flags: 0n }));
  };
  const read = (prefix: string): readonly string[] => {
    const { read: readNow } = shared.share(prefix, prefixQuery(store, prefix));
    return readNow().value.map(({ key }) => key);
  };
  set('a/1');
  const { read: one } = shared.share('a/', prefixQuery(store, 'a/'));
  const { read: another } = shared.share('a/', prefixQuery(store, 'a/'));
  const before = one();
  expect(another()).toBe(before);
  expect(read('b/')).toEqual([]);
  set('b/1');
  expect(one()).not.toBe(before);
  expect(one()).toEqual(before);
  expect(read('b/')).toEqual(['b/1']);
  set('a/2');
  expect(read('a/')).toEqual(['a/1', 'a/2']);
});
