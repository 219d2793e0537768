import { slotIdOf } from '@raftainer/pod-spec';

import { Placer } from './placer.js';

import type { PlacementWorld } from './placement-world.js';
import type { SlotId } from '@raftainer/pod-spec';

/**
 * How many more hosts count as coming first for a slot that was asked to go to another one, or that another one lost and is
 * back for: time enough for that one to take it, and an end should it never do so.
 */
const HEAD_START = 10;

/** Where one host stands for a slot that nobody holds. */
export interface SlotRank {
  /** 0 for the first choice. */
  readonly rank: number;
  /** Whether the records say that this host can take it. */
  readonly eligible: boolean;
  /** The first choice; absent when no host can take it. */
  readonly best?: string;
}

/** What placement means for one host. */
export interface HostPlacement {
  /** By slot that nobody holds. System slots that are for other hosts are absent: nobody else may take them. */
  readonly ranks: ReadonlyMap<SlotId, SlotRank>;
  /** For slots that this host is to give up: the host that would take each; absent when none could. */
  readonly successors: ReadonlyMap<SlotId, string>;
}

/**
 * Where a host stands in the ranking of every free slot, and who would take the slots that it wants to give up
 * (`leaving`). A host that the records rule out comes after all others: when it alone is left, its own admission decides.
 */
export function hostPlacement(
  world: PlacementWorld,
  self: string,
  leaving: readonly SlotId[] = [],
): HostPlacement {
  const placer = new Placer(world, self);
  const index = placer.books.indexOf(self) ?? -1;
  const ranks = new Map<SlotId, SlotRank>();
  placer.placeFree(({ id, hash, ranking, onlyHost, target }) => {
    if (onlyHost !== undefined) {
      if (onlyHost === index) ranks.set(id, { rank: 0, eligible: true, best: self });
      return undefined;
    }
    const { before, eligible, best } = ranking.standing(hash, index);
    const first = placer.books.hosts[target ?? best]?.name;
    const others = target === undefined ? before : before + HEAD_START;
    const rank = target === index ? 0 : others;
    ranks.set(id, first === undefined ? { rank, eligible } : { rank, eligible, best: first });
    return best;
  });
  return { ranks, successors: successorsOf(placer, leaving) };
}

/** One after the other, so that two slots are not promised the same room. */
function successorsOf(placer: Placer, leaving: readonly SlotId[]): ReadonlyMap<SlotId, string> {
  const successors = new Map<SlotId, string>();
  const wanted = new Set(leaving);
  for (const defined of wanted.size === 0 ? [] : placer.pods) {
    // A copy: the seats change on the way.
    for (const index of [...placer.seatsOf(defined.pod.name).keys()].sort((a, b) => a - b)) {
      const id = slotIdOf({ pod: defined.pod.name, index });
      if (!wanted.has(id)) continue;
      const from = placer.unsettle(id);
      const { ranking } = placer.turnOf(defined);
      const asked = placer.world.moves?.has(id) === true;
      const best = asked ? (placer.targetOf(id, ranking) ?? -1) : ranking.standing(Placer.hashOf(id)).best;
      const host = placer.books.hosts[best];
      if (host !== undefined) successors.set(id, host.name);
      // What nobody else can take stays, and goes on taking its room.
      const seat = host === undefined ? from : best;
      if (seat !== undefined) placer.settle(id, seat);
    }
  }
  return successors;
}
