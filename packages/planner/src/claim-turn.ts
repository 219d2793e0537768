import { isDraining } from './fleet-placement.js';

import type { HostPlacement } from './placement/index.js';
import type { Snapshot } from './snapshot.js';
import type { SlotView } from './world.js';
import type { Pod } from '@raftainer/pod-spec';

/** When this host may take a slot that nobody holds. */
export interface ClaimTurn {
  /** How many hosts come first. */
  readonly rank: number;
  /** Whether the records say that this host can take it; its own admission has the last word. */
  readonly eligible: boolean;
  /** Not before this time, in the snapshot's milliseconds. */
  readonly at: number;
  /** Its lock was lost, not released, and may still be closed: what can be done before it opens is time won. */
  readonly locked: boolean;
}

/**
 * The turn of this host: at once for the first of the ranking, a step later for the next, and so on. A lock that was lost
 * rather than released stays closed for the lock delay, and every attempt before its end is a write for nothing.
 * Undefined: the slot is not for this host.
 */
export function claimTurn(
  snapshot: Snapshot,
  placement: HostPlacement,
  { view, pod }: { readonly view: SlotView; readonly pod: Pod },
): ClaimTurn | undefined {
  const { fleet, now } = snapshot;
  const standing = placement.ranks.get(view.id);
  if (standing === undefined || isDraining(snapshot)) return undefined;
  const { claim } = view;
  // A release empties the record; what a holder left in it says that the holder went without one.
  const lost = pod.exclusive && claim?.session === undefined && claim?.host !== undefined;
  const openAt = (fleet.freeSince.get(view.id) ?? now) + (lost ? fleet.lockDelayMs : 0);
  return { ...standing, at: openAt + standing.rank * fleet.claimStepMs, locked: lost && openAt > now };
}
