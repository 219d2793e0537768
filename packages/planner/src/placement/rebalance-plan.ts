import { slotIdOf } from '@raftainer/pod-spec';

import { Placer } from './placer.js';

import type { PlacementWorld } from './placement-world.js';
import type { Pod, SlotId } from '@raftainer/pod-spec';

/** A slot that would be elsewhere had everything been placed anew. */
export interface RebalanceMove {
  readonly slot: SlotId;
  readonly from: string;
  readonly to: string;
}

/**
 * The moves that make the hosts look as if everything were placed anew now, in the order of definition. Slots of one pod
 * are alike: only how many of them a host has is put right, never which. Slots with named volumes stay with their data. A proposal;
 * running slots do not move by themselves.
 */
export function rebalancePlan(world: PlacementWorld): readonly RebalanceMove[] {
  const fresh = new Placer({ ...world, claims: new Map() });
  fresh.placeFree(() => undefined);
  const current = new Placer(world);
  return current.pods
    .filter(({ pod }) => pod.kind !== 'system' && !keepsData(pod))
    .flatMap(({ pod }) => movesOf(pod.name, current, fresh));
}

/** Its data is where the slot is, and would stay behind. */
function keepsData({ volumes }: Pod): boolean {
  return volumes.some(({ type }) => type === 'named');
}

function movesOf(pod: string, current: Placer, fresh: Placer): readonly RebalanceMove[] {
  const wanted = countByHost(fresh.seatsOf(pod));
  const surplus: { readonly index: number; readonly host: number }[] = [];
  for (const [index, host] of [...current.seatsOf(pod)].sort(([a], [b]) => a - b)) {
    // A slot that is where it would be anew is the last to leave.
    if (fresh.seatsOf(pod).get(index) === host) wanted.set(host, (wanted.get(host) ?? 0) - 1);
    else surplus.push({ index, host });
  }
  const leaving = surplus.filter(({ host }) => {
    const room = wanted.get(host) ?? 0;
    if (room > 0) wanted.set(host, room - 1);
    return room <= 0;
  });
  const places = [...wanted].flatMap(([host, count]) => Array<number>(Math.max(0, count)).fill(host));
  return leaving.flatMap(({ index, host }, n) => {
    const from = current.books.hosts[host]?.name;
    const to = fresh.books.hosts[places[n] ?? -1]?.name;
    if (from === undefined || to === undefined) return [];
    return [{ slot: slotIdOf({ pod, index }), from, to }];
  });
}

function countByHost(seats: ReadonlyMap<number, number>): Map<number, number> {
  const counts = new Map<number, number>();
  for (const [, host] of [...seats].sort(([a], [b]) => a - b)) {
    counts.set(host, (counts.get(host) ?? 0) + 1);
  }
  return counts;
}
