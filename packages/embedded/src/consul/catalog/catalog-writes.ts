import { endSessionsOfCheck, endSessionsOfNode } from '../sessions/session-writes.js';
import { nodeKey, type CheckRecord, type NodeRecord, type ServiceRecord } from '../state/records.js';
import type { StateWriter } from '../state/state-writer.js';
import { Fault } from '../wire/fault.js';

type New<T> = Omit<T, 'createIndex' | 'modifyIndex'>;

/** Adds a node or brings it up to date. */
export function putNode(state: StateWriter, node: New<NodeRecord>): void {
  const before = state.get('nodes', node.node);
  if (before !== undefined && sameRecord(before, node)) return;
  state.put('nodes', node.node, indexed(node, before, state.index));
}

/** Adds a service instance or brings it up to date; its checks follow its name and tags. */
export function putService(state: StateWriter, service: New<ServiceRecord>, nowMs: number): void {
  const key = nodeKey(service.node, service.id);
  const before = state.get('services', key);
  if (before !== undefined && sameRecord(before, service)) return;
  state.put('services', key, indexed(service, before, state.index));
  for (const check of checksOfService(state, service)) putCheck(state, check, nowMs);
}

/** Adds a check or brings it up to date. A critical check ends the sessions bound to it (`nowMs`: epoch). */
export function putCheck(state: StateWriter, check: New<CheckRecord>, nowMs: number): void {
  const service = state.get('services', nodeKey(check.node, check.serviceId));
  if (check.serviceId !== '' && service === undefined) {
    throw new Fault(
      500,
      `failed inserting check: Missing service registration on node ${JSON.stringify(check.node)}`,
    );
  }
  const whole = { ...check, serviceName: service?.name ?? '', serviceTags: service?.tags ?? [] };
  const key = nodeKey(check.node, check.checkId);
  const before = state.get('checks', key);
  if (before !== undefined && sameRecord(before, whole)) return;
  const record = indexed(whole, before, state.index);
  state.put('checks', key, record);
  if (record.status === 'critical') endSessionsOfCheck(state, record, nowMs);
}

/** Removes a check and ends the sessions bound to it. */
export function removeCheck(state: StateWriter, check: CheckRecord, nowMs: number): void {
  state.delete('checks', nodeKey(check.node, check.checkId));
  endSessionsOfCheck(state, check, nowMs);
}

/** Removes a service instance with its checks. */
export function removeService(state: StateWriter, service: ServiceRecord, nowMs: number): void {
  for (const check of checksOfService(state, service)) removeCheck(state, check, nowMs);
  state.delete('services', nodeKey(service.node, service.id));
}

/** Removes a node with its sessions, services and checks. */
export function removeNode(state: StateWriter, node: string, nowMs: number): void {
  endSessionsOfNode(state, node, nowMs);
  for (const check of state.list('checks', nodeKey(node, ''))) {
    state.delete('checks', nodeKey(node, check.checkId));
  }
  for (const service of state.list('services', nodeKey(node, ''))) {
    state.delete('services', nodeKey(node, service.id));
  }
  state.delete('nodes', node);
}

function checksOfService(
  state: StateWriter,
  service: Pick<ServiceRecord, 'node' | 'id'>,
): readonly CheckRecord[] {
  return state.list('checks', nodeKey(service.node, '')).filter((check) => check.serviceId === service.id);
}

function indexed<T extends object>(
  record: T,
  before: { readonly createIndex: number } | undefined,
  index: number,
): T & { readonly createIndex: number; readonly modifyIndex: number } {
  return { ...record, createIndex: before?.createIndex ?? index, modifyIndex: index };
}

/** Records are plain JSON data, written by one place each, so their text decides whether they are equal. */
function sameRecord(before: object, wanted: object): boolean {
  return canonical(before) === canonical(wanted);
}

/** What is undefined counts as absent: it does not come back from the disk either. */
function canonical(record: object): string {
  const entries = Object.entries(record).filter(
    ([name, value]) => value !== undefined && name !== 'createIndex' && name !== 'modifyIndex',
  );
  return JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
