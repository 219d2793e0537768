import { slotRefOf } from '@raftainer/pod-spec';

import { fleetPlacement } from './fleet-placement.js';
import { problemsOf } from './verdicts.js';

import type { Snapshot } from './snapshot.js';
import type { SlotId } from '@raftainer/pod-spec';

/**
 * Who would take each slot of this host if it drained: slots that nobody can take are absent, and so are those of system
 * pods, which belong to their host. Pure.
 */
export function drainSuccessors(snapshot: Snapshot): ReadonlyMap<SlotId, string> {
  const { fleet, host, pods } = snapshot;
  const peers = fleet.peers.map((peer) => (peer.name === host.name ? { ...peer, draining: true } : peer));
  const { successors } = fleetPlacement({ ...snapshot, fleet: { ...fleet, peers } }, problemsOf(pods));
  const isSystem = (id: SlotId): boolean => {
    const view = pods.get(slotRefOf(id).pod);
    return view?.state === 'valid' && view.pod.kind === 'system';
  };
  return new Map([...successors].filter(([id]) => !isSystem(id)));
}
