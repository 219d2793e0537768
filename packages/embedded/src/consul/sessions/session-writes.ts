import type { CheckRecord, KvEntry, Session } from '../state/records.js';
import { nodeKey } from '../state/records.js';
import type { StateWriter } from '../state/state-writer.js';
import { Fault } from '../wire/fault.js';

/** Consul honours at most this much of a session's lock delay. */
const MAX_LOCK_DELAY_MS = 60_000;
const NS_PER_MS = 1_000_000;

/** Adds a session. Its node must exist, and its checks must exist and not be critical. */
export function createSession(
  state: StateWriter,
  session: Omit<Session, 'createIndex' | 'modifyIndex'>,
): Session {
  if (state.get('nodes', session.node) === undefined) throw new Fault(500, 'Missing node registration');
  for (const checkId of boundChecks(session)) requireAlive(state, session.node, checkId);
  const created = { ...session, createIndex: state.index, modifyIndex: state.index };
  state.put('sessions', session.id, created);
  return created;
}

/**
 * Ends a session: releases or deletes the keys it holds, and forbids taking them for its lock delay. An explicit
 * destroy, a lapsed TTL and a lost check are all the same to Consul. `nowMs` is epoch milliseconds.
 */
export function endSession(state: StateWriter, session: Session, nowMs: number): void {
  state.delete('sessions', session.id);
  forgetPastDelays(state, nowMs);
  const delayMs = Math.min(session.lockDelayNs / NS_PER_MS, MAX_LOCK_DELAY_MS);
  for (const entry of state.list('kv')) {
    if (entry.session !== session.id) continue;
    if (session.behavior === 'delete') state.delete('kv', entry.key);
    else state.put('kv', entry.key, released(entry, state.index));
    if (delayMs > 0) state.put('lockDelays', entry.key, { key: entry.key, untilMs: nowMs + delayMs });
  }
}

/** Ends every session bound to a check that is critical or gone. */
export function endSessionsOfCheck(state: StateWriter, check: CheckRecord, nowMs: number): void {
  for (const session of state.list('sessions')) {
    if (session.node === check.node && boundChecks(session).includes(check.checkId))
      endSession(state, session, nowMs);
  }
}

/** Ends every session of a node. */
export function endSessionsOfNode(state: StateWriter, node: string, nowMs: number): void {
  for (const session of state.list('sessions')) {
    if (session.node === node) endSession(state, session, nowMs);
  }
}

function boundChecks(session: Pick<Session, 'nodeChecks' | 'serviceChecks' | 'checks'>): readonly string[] {
  return [...session.nodeChecks, ...(session.serviceChecks ?? []), ...(session.checks ?? [])];
}

function requireAlive(state: StateWriter, node: string, checkId: string): void {
  const check = state.get('checks', nodeKey(node, checkId));
  if (check === undefined) throw new Fault(500, `Missing check '${checkId}' registration`);
  if (check.status === 'critical') throw new Fault(500, `Check '${checkId}' is in ${check.status} state`);
}

function released(entry: KvEntry, index: number): KvEntry {
  return { ...entry, session: undefined, modifyIndex: index };
}

function forgetPastDelays(state: StateWriter, nowMs: number): void {
  for (const delay of state.list('lockDelays')) {
    if (delay.untilMs <= nowMs) state.delete('lockDelays', delay.key);
  }
}
