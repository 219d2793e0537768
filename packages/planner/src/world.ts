import { slotIdOf, slotRefOf } from '@raftainer/pod-spec';

import type { SlotId, SlotRef } from '@raftainer/pod-spec';
import type {
  ClaimView,
  ContainerView,
  FailureView,
  NetworkView,
  ServiceView,
  Snapshot,
} from './snapshot.js';

/** Everything observed of one slot. */
export interface SlotView {
  readonly id: SlotId;
  readonly ref: SlotRef;
  readonly claim?: ClaimView;
  readonly containers: readonly ContainerView[];
  readonly network?: NetworkView;
  readonly services: readonly ServiceView[];
  readonly failure?: FailureView;
}

/** The snapshot, arranged by slot: those that definitions ask for, those of which something is here, and `further` ones. */
export function slotViews(snapshot: Snapshot, further: Iterable<SlotId> = []): ReadonlyMap<SlotId, SlotView> {
  const containers = groupBySlot(snapshot.containers);
  const services = groupBySlot(snapshot.services);
  const networks = new Map<SlotId, NetworkView>();
  for (const network of snapshot.networks) {
    if (network.slot !== undefined) networks.set(slotIdOf(network.slot), network);
  }
  const views = new Map<SlotId, SlotView>();
  for (const ref of knownSlots(snapshot, further)) {
    const id = slotIdOf(ref);
    if (views.has(id)) continue;
    views.set(id, {
      id,
      ref,
      claim: snapshot.claims.get(id),
      containers: containers.get(id) ?? [],
      network: networks.get(id),
      services: services.get(id) ?? [],
      failure: snapshot.failures.get(id),
    });
  }
  return views;
}

/** Whether anything of the slot is on this host. */
export function isPresent(view: SlotView): boolean {
  return view.containers.length > 0 || view.network !== undefined || view.services.length > 0;
}

function* knownSlots(snapshot: Snapshot, further: Iterable<SlotId>): Generator<SlotRef> {
  for (const [name, view] of snapshot.pods) {
    // How many slots a system pod has depends on the hosts.
    if (view.state !== 'valid' || view.pod.kind === 'system') continue;
    for (let index = 0; index < view.pod.instances; index += 1) yield { pod: name, index };
  }
  for (const container of snapshot.containers) yield container.slot;
  for (const network of snapshot.networks) if (network.slot !== undefined) yield network.slot;
  for (const service of snapshot.services) yield service.slot;
  for (const id of snapshot.claims.keys()) yield slotRefOf(id);
  for (const id of further) yield slotRefOf(id);
}

function groupBySlot<T extends { readonly slot: SlotRef }>(
  items: readonly T[],
): ReadonlyMap<SlotId, readonly T[]> {
  const groups = new Map<SlotId, T[]>();
  for (const item of items) {
    const id = slotIdOf(item.slot);
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [item]);
    else group.push(item);
  }
  return groups;
}
