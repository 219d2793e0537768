import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { putNode } from '../catalog/catalog-writes.js';
import { createSession, endSession } from '../sessions/session-writes.js';
import { Store } from '../state/store.js';
import { prefixQuery } from './kv-queries.js';
import {
  compareAndDelete,
  compareAndSet,
  deleteKey,
  deleteTree,
  lockKey,
  setKey,
  unlockKey,
} from './kv-writes.js';

const SESSIONS = ['00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0000-00000000000b'] as const;
const PREFIXES = ['', 'a', 'a/', 'b/'];

/** What one key should be, said as simply as possible. */
interface ModelEntry {
  value: string;
  session: string | undefined;
  lockIndex: number;
  created: number;
  modified: number;
}

const key = fc.constantFrom('a', 'a/1', 'a/2', 'b/1');
const value = fc.constantFrom('x', 'y');
const session = fc.constantFrom(...SESSIONS);
const age = fc.nat(3);

const operation = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), key, value }),
  fc.record({ kind: fc.constant('cas' as const), key, value, age }),
  fc.record({ kind: fc.constant('lock' as const), key, value, session }),
  fc.record({ kind: fc.constant('unlock' as const), key, value, session }),
  fc.record({ kind: fc.constant('delete' as const), key }),
  fc.record({ kind: fc.constant('delete-cas' as const), key, age }),
  fc.record({ kind: fc.constant('delete-tree' as const), prefix: fc.constantFrom(...PREFIXES) }),
  fc.record({ kind: fc.constant('end-session' as const), session }),
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

function newStore(): Store {
  const store = new Store(0);
  store.write((state) => {
    putNode(state, { id: '', node: 'n', address: '', taggedAddresses: undefined, meta: undefined });
  });
  openSessions(store);
  return store;
}

/** Sessions that ended come back, so that both are always there. */
function openSessions(store: Store): void {
  for (const id of SESSIONS) {
    if (store.get('sessions', id) !== undefined) continue;
    const rest = { lockDelayNs: 0, behavior: 'release' as const, ttl: '', ttlMs: 0, nodeChecks: [] };
    store.write((state) =>
      createSession(state, { id, name: '', node: 'n', ...rest, serviceChecks: undefined, checks: undefined }),
    );
  }
}

function run(store: Store, step: Operation): unknown {
  const bytes = (text: string): Buffer => Buffer.from(text);
  const at = (name: string, back: number): number =>
    Math.max(0, (store.get('kv', name)?.modifyIndex ?? back) - back);
  return store.write((state) => {
    switch (step.kind) {
      case 'set':
        setKey(state, { key: step.key, value: bytes(step.value), flags: 0n });
        return true;
      case 'cas':
        return (
          compareAndSet(
            state,
            { key: step.key, value: bytes(step.value), flags: 0n },
            at(step.key, step.age),
          ) !== undefined
        );
      case 'lock':
        return lockKey(state, { ...step, value: bytes(step.value), flags: 0n }) !== undefined;
      case 'unlock':
        return unlockKey(state, { ...step, value: bytes(step.value), flags: 0n }) !== undefined;
      case 'delete':
        deleteKey(state, step.key);
        return true;
      case 'delete-cas':
        return compareAndDelete(state, step.key, at(step.key, step.age));
      case 'delete-tree':
        deleteTree(state, step.prefix);
        return true;
      case 'end-session':
        endSession(state, state.get('sessions', step.session)!, 0);
        return true;
    }
  });
}

function runModel(model: Map<string, ModelEntry>, step: Operation, index: number): boolean {
  const put = (
    name: string,
    text: string,
    lock: { session: string | undefined; lockIndex: number },
  ): boolean => {
    const old = model.get(name);
    const same = old?.value === text && old.session === lock.session && old.lockIndex === lock.lockIndex;
    if (!same) model.set(name, { value: text, ...lock, created: old?.created ?? index, modified: index });
    return true;
  };
  const matches = (name: string, back: number): boolean => {
    const old = model.get(name);
    return Math.max(0, (old?.modified ?? back) - back) === (old?.modified ?? 0);
  };
  const old = 'key' in step ? model.get(step.key) : undefined;
  switch (step.kind) {
    case 'set':
      return put(step.key, step.value, { session: old?.session, lockIndex: 0 });
    case 'cas':
      return (
        matches(step.key, step.age) && put(step.key, step.value, { session: old?.session, lockIndex: 0 })
      );
    case 'lock': {
      if (old?.session !== undefined && old.session !== step.session) return false;
      const lockIndex = (old?.lockIndex ?? 0) + (old?.session === step.session ? 0 : 1);
      return put(step.key, step.value, { session: step.session, lockIndex });
    }
    case 'unlock':
      if (old?.session !== step.session) return false;
      return put(step.key, step.value, { session: undefined, lockIndex: old.lockIndex });
    case 'delete':
      model.delete(step.key);
      return true;
    case 'delete-cas':
      if (old !== undefined && !matches(step.key, step.age)) return false;
      model.delete(step.key);
      return true;
    case 'delete-tree':
      for (const name of [...model.keys()]) if (name.startsWith(step.prefix)) model.delete(name);
      return true;
    case 'end-session':
      for (const [name, entry] of model) {
        if (entry.session === step.session)
          model.set(name, { ...entry, session: undefined, modified: index });
      }
      return true;
  }
}

function contents(store: Store): unknown {
  return Object.fromEntries(
    store.list('kv').map((entry) => [
      entry.key,
      {
        value: entry.value.toString(),
        session: entry.session,
        lockIndex: entry.lockIndex,
        created: entry.createIndex,
        modified: entry.modifyIndex,
      },
    ]),
  );
}

describe('keys and locks', () => {
  it('behave as a simple model of Consul says, for any sequence of operations', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 40 }), (steps) => {
        const store = newStore();
        const model = new Map<string, ModelEntry>();
        for (const step of steps) {
          const expected = runModel(model, step, store.index + 1);
          expect(run(store, step)).toBe(expected);
          openSessions(store);
          expect(contents(store)).toEqual(Object.fromEntries(model));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('report an index of a prefix that moves when, and only when, something under it changed', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 40 }), (steps) => {
        const store = newStore();
        for (const step of steps) {
          const before = PREFIXES.map((prefix) => prefixQuery(store, prefix).read());
          run(store, step);
          openSessions(store);
          for (const [position, prefix] of PREFIXES.entries()) {
            const after = prefixQuery(store, prefix).read();
            const old = before[position]!;
            if (JSON.stringify(after.value, text) !== JSON.stringify(old.value, text)) {
              expect(after.index).toBeGreaterThan(old.index);
            } else if (old.value.length > 0) {
              expect(after.index).toBe(old.index);
            }
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});

function text(_key: string, item: unknown): unknown {
  return typeof item === 'bigint' ? item.toString() : item;
}
