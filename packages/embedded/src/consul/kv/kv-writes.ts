import type { KvEntry } from '../state/records.js';
import type { StateWriter } from '../state/state-writer.js';
import { Fault } from '../wire/fault.js';
import { findSession } from '../sessions/find-session.js';

/** What a client asks to store. */
export interface KvInput {
  readonly key: string;
  readonly value: Buffer;
  readonly flags: bigint;
}

/** What a client asks to store while taking or giving back a lock. */
export interface LockInput extends KvInput {
  readonly session: string;
}

/**
 * Stores a value, whoever holds the key's lock. The holder stays; the lock index of a key written this way
 * starts again at 0, which is what Consul does. Storing what is there already changes nothing.
 */
export function setKey(state: StateWriter, input: KvInput): KvEntry {
  return put(state, input, { session: state.get('kv', input.key)?.session, lockIndex: 0 });
}

/** {@link setKey} if the key's modify index is `index` (0: if the key does not exist). */
export function compareAndSet(state: StateWriter, input: KvInput, index: number): KvEntry | undefined {
  const current = state.get('kv', input.key)?.modifyIndex ?? 0;
  return current === index ? setKey(state, input) : undefined;
}

/** Takes a lock, or writes under the one held. `undefined` when another session holds it. */
export function lockKey(state: StateWriter, input: LockInput): KvEntry | undefined {
  if (input.session === '') throw new Fault(500, 'missing session');
  if (findSession(state, input.session) === undefined) {
    throw new Fault(500, `invalid session ${JSON.stringify(input.session)}`);
  }
  const current = state.get('kv', input.key);
  const held = current?.session === input.session;
  if (current?.session !== undefined && !held) return undefined;
  const lockIndex = (current?.lockIndex ?? 0) + (held ? 0 : 1);
  return put(state, input, { session: input.session, lockIndex });
}

/** Gives a lock back and stores a value. `undefined` when this session does not hold it. */
export function unlockKey(state: StateWriter, input: LockInput): KvEntry | undefined {
  if (input.session === '') throw new Fault(500, 'missing session');
  const current = state.get('kv', input.key);
  if (current?.session !== input.session) return undefined;
  return put(state, input, { session: undefined, lockIndex: current.lockIndex });
}

/** Removes a key. Removing what is not there is no change. */
export function deleteKey(state: StateWriter, key: string): void {
  state.delete('kv', key);
}

/** Removes a key if its modify index is `index`. A key that is not there counts as removed. */
export function compareAndDelete(state: StateWriter, key: string, index: number): boolean {
  const current = state.get('kv', key);
  if (current !== undefined && current.modifyIndex !== index) return false;
  deleteKey(state, key);
  return true;
}

/** Removes every key that begins with `prefix`. */
export function deleteTree(state: StateWriter, prefix: string): void {
  for (const entry of state.list('kv', prefix)) deleteKey(state, entry.key);
}

/** True while a lock delay forbids taking `key`. */
export function lockDelayed(state: StateWriter, key: string, nowMs: number): boolean {
  const delay = state.get('lockDelays', key);
  return delay !== undefined && delay.untilMs > nowMs;
}

function put(
  state: StateWriter,
  input: KvInput,
  lock: { session: string | undefined; lockIndex: number },
): KvEntry {
  const current = state.get('kv', input.key);
  const { key, value, flags } = input;
  const entry = { key, value, flags, lockIndex: lock.lockIndex, session: lock.session };
  if (current !== undefined && same(current, entry)) return current;
  const indexed = { ...entry, createIndex: current?.createIndex ?? state.index, modifyIndex: state.index };
  state.put('kv', key, indexed);
  return indexed;
}

function same(a: KvEntry, b: Omit<KvEntry, 'createIndex' | 'modifyIndex'>): boolean {
  return (
    a.flags === b.flags && a.session === b.session && a.lockIndex === b.lockIndex && a.value.equals(b.value)
  );
}
