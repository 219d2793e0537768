import type { Claim, PodRecord } from '@raftainer/cluster';
import { revisionOf, slotRefOf } from '@raftainer/pod-spec';
import type { Pod } from '@raftainer/pod-spec';
import type { Fleet } from './fleet.js';
import type { PodView, SlotView } from './pod-view.js';
import { viewSlot } from './view-slot.js';
import { placementsOf } from './world-of.js';

/** Every pod that is defined, or of which slots are still held; sorted by name. Pure. */
export function viewPods(fleet: Fleet): readonly PodView[] {
  const heldByPod = heldClaims(fleet);
  const defined = fleet.pods.map((record) => viewRecord(fleet, record, heldByPod.get(record.name) ?? []));
  const names = new Set(fleet.pods.map(({ name }) => name));
  const removed = [...heldByPod]
    .filter(([name]) => !names.has(name))
    .map(([name, claims]) => viewUnusable(fleet, { name, definition: 'removed', problems: [] }, claims));
  return [...defined, ...removed].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function heldClaims(fleet: Fleet): ReadonlyMap<string, readonly Claim[]> {
  const byPod = new Map<string, Claim[]>();
  for (const claim of fleet.claims.values()) {
    if (claim.session !== undefined) {
      byPod.set(claim.pod, [...(byPod.get(claim.pod) ?? []), claim]);
    }
  }
  return byPod;
}

function viewRecord(fleet: Fleet, record: PodRecord, held: readonly Claim[]): PodView {
  const { name, modifyIndex, result } = record;
  if (result.ok) {
    return viewValid(fleet, { pod: result.pod, modifyIndex }, held);
  }
  return viewUnusable(fleet, { name, definition: 'invalid', problems: result.problems }, held);
}

interface StoredPod {
  readonly pod: Pod;
  readonly modifyIndex: number;
}

function viewValid(fleet: Fleet, { pod, modifyIndex }: StoredPod, held: readonly Claim[]): PodView {
  const { name, kind, instances } = pod;
  const revision = revisionOf(pod);
  const indexes =
    kind === 'system' ? systemIndexes(fleet, name) : Array.from({ length: instances }, (_, index) => index);
  const all = new Set([...indexes, ...held.map(({ index }) => index)]);
  const slots = [...all]
    .sort((a, b) => a - b)
    .map((index) => {
      const desired = kind === 'system' || index < instances;
      return viewSlot(fleet, { name, revision, modifyIndex, desired }, index);
    });
  return {
    name,
    definition: 'valid',
    problems: [],
    kind,
    instances,
    revision,
    ready: countReady(slots),
    slots,
  };
}

/** A system pod has one slot for each matching host: which of them nobody has yet is known from placing it. */
function systemIndexes(fleet: Fleet, pod: string): readonly number[] {
  return [...placementsOf(fleet).keys()]
    .map(slotRefOf)
    .flatMap((slot) => (slot.pod === pod ? [slot.index] : []));
}

/** An agent leaves the containers of a malformed definition alone, and those of a removed one it stops. */
function viewUnusable(
  fleet: Fleet,
  base: Pick<PodView, 'name' | 'definition' | 'problems'>,
  held: readonly Claim[],
): PodView {
  const desired = base.definition === 'invalid';
  const indexes = held.map(({ index }) => index).sort((a, b) => a - b);
  const slots = indexes.map((index) => viewSlot(fleet, { name: base.name, desired }, index));
  return { ...base, ready: 0, slots };
}

function countReady(slots: readonly SlotView[]): number {
  return slots.filter(({ ready, desired }) => ready && desired).length;
}
