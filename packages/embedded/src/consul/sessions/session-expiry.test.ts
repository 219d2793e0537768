import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { putNode } from '../catalog/catalog-writes.js';
import type { Session } from '../state/records.js';
import { Store } from '../state/store.js';
import { SessionExpiry } from './session-expiry.js';
import { parseSession } from './session-request.js';
import { createSession, endSession } from './session-writes.js';

function newStore(): Store {
  const store = new Store(0);
  store.write((state) => {
    putNode(state, { id: '', node: 'n', address: '', taggedAddresses: undefined, meta: undefined });
  });
  return store;
}

function open(store: Store, ttl: string): Session {
  const body = Buffer.from(JSON.stringify({ TTL: ttl, NodeChecks: [] }));
  return store.write((state) => createSession(state, parseSession(body, 'n')));
}

describe('SessionExpiry', () => {
  let store: Store;
  let expiry: SessionExpiry;

  beforeEach(() => {
    vi.useFakeTimers();
    store = newStore();
    expiry = new SessionExpiry(store, Date.now);
    expiry.start();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('ends a session at twice its TTL, counted from the last renewal', async () => {
    const session = open(store, '10s');
    await vi.advanceTimersByTimeAsync(15_000);
    expiry.renew(session);
    await vi.advanceTimersByTimeAsync(19_999);
    expect(store.get('sessions', session.id)).toBeDefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(store.get('sessions', session.id)).toBeUndefined();
  });

  it('has no timer for a session without a TTL, nor for one that was destroyed', () => {
    open(store, '');
    const session = open(store, '10s');
    expect(vi.getTimerCount()).toBe(1);
    store.write((state) => {
      endSession(state, session, Date.now());
    });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('gives sessions that were there at the start their full time', async () => {
    const session = open(store, '10s');
    expiry.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    const next = new SessionExpiry(store, Date.now);
    next.start();
    await vi.advanceTimersByTimeAsync(19_999);
    expect(store.get('sessions', session.id)).toBeDefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(store.get('sessions', session.id)).toBeUndefined();
  });
});

describe('parseSession', () => {
  it.each([
    [{}, 15e9],
    [{ LockDelay: '0s' }, 0],
    [{ LockDelay: 15 }, 15e9],
    [{ LockDelay: 999 }, 999e9],
    [{ LockDelay: 1000 }, 1000],
    [{ LockDelay: 5_000_000_000 }, 5e9],
    [{ LockDelay: '70s' }, 70e9],
  ])('takes the lock delay of %j as Consul does', (body, nanoseconds) => {
    expect(parseSession(Buffer.from(JSON.stringify(body)), 'n').lockDelayNs).toBe(nanoseconds);
  });

  it.each([
    [{ TTL: '5s' }, "Invalid Session TTL '5000000000', must be between [10s=24h0m0s]"],
    [{ TTL: '25h' }, "Invalid Session TTL '90000000000000', must be between [10s=24h0m0s]"],
    [{ TTL: 'abc' }, 'Session TTL \'abc\' invalid: time: invalid duration "abc"'],
    [{ Behavior: 'keep' }, "Invalid Behavior setting 'keep'"],
    [{ LockDelay: 'abc' }, 'Request decode failed: time: invalid duration "abc"'],
  ])('refuses %j', (body, problem) => {
    expect(() => parseSession(Buffer.from(JSON.stringify(body)), 'n')).toThrow(problem);
  });
});
