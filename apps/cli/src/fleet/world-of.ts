import { hostOutlooks } from '@raftainer/cluster';
import type { PlacementWorld, SlotPlacement } from '@raftainer/planner';
import { liveMoves, placementOf } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';
import { revisionOf } from '@raftainer/pod-spec';
import type { Fleet } from './fleet.js';

/** The records as the agents' planner takes them, so that it answers here what it answers there. */
export function worldOf(fleet: Fleet): PlacementWorld {
  const claims = new Map(
    [...fleet.claims].map(([id, { session, epoch, info }]) => [
      id,
      {
        epoch,
        ...(session === undefined ? {} : { session }),
        ...(info === undefined ? {} : { host: info.host }),
      },
    ]),
  );
  const requests = [...fleet.moves].flatMap(([id, { info }]) =>
    info === undefined ? [] : [[id, info] as const],
  );
  return {
    pods: fleet.pods.flatMap(({ result, createIndex: definedAt }) =>
      result.ok ? [{ pod: result.pod, revision: revisionOf(result.pod), definedAt }] : [],
    ),
    claims,
    hosts: hostOutlooks(fleet),
    moves: liveMoves(new Map(requests), claims),
  };
}

/** One view of a fleet asks for many slots, and each answer costs the placing of all. */
const known = new WeakMap<Fleet, ReadonlyMap<SlotId, SlotPlacement>>();

/** Where every slot of a fleet is or will be. */
export function placementsOf(fleet: Fleet): ReadonlyMap<SlotId, SlotPlacement> {
  const placements = known.get(fleet) ?? placementOf(worldOf(fleet));
  known.set(fleet, placements);
  return placements;
}
