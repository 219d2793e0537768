import { createHash } from 'node:crypto';
import stringify from 'safe-stable-stringify';

import type { SlotRef } from '@raftainer/pod-spec';

/** `raftainer-{pod}-{index}`: the slot's network, and the id of its main service. */
export function slotName(slot: SlotRef): string {
  return `raftainer-${slot.pod}-${slot.index}`;
}

/** `raftainer-{pod}-{index}-{container}-{hash}`: the same on every host, another for another configuration. */
export function containerName(slot: SlotRef, container: string, configHash: string): string {
  return `${slotName(slot)}-${container}-${configHash.slice(0, 8)}`;
}

/**
 * `raftainer-{pod}-{index}.{volume}`: kept across restarts, edits and the removal of the pod. A dot cannot stand in the
 * name of a pod or volume, so two slots never share a volume by accident.
 */
export function volumeName(slot: SlotRef, volume: string): string {
  return `${slotName(slot)}.${volume}`;
}

/** Id of the service of a named port. A colon cannot stand in a pod or port name, so ids never collide. */
export function portServiceId(slot: SlotRef, port: string): string {
  return `${slotName(slot)}:${port}`;
}

/** MD5 of a value's stable JSON form, in lower-case hex. Independent of the order of keys. */
export function hashOf(value: unknown): string {
  return createHash('md5')
    .update(stringify(value) ?? '')
    .digest('hex');
}

/** A number in [0, 1) that follows from the text alone: for choices that should differ between slots but never between runs. */
export function fractionOf(text: string): number {
  return createHash('md5').update(text).digest().readUInt32BE(0) / 2 ** 32;
}
