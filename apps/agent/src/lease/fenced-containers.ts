import { isRunning, slotName } from '@raftainer/planner';
import { slotIdOf } from '@raftainer/pod-spec';

import type { Snapshot } from '@raftainer/planner';

/** Ids of the running containers that must not run without a claim. */
export interface FencedContainers {
  /** Their slot is claimed under this host's exclusive session. */
  readonly claimed: readonly string[];
  /** Their slot is not. */
  readonly unclaimed: readonly string[];
  /** Which slot each of them is of, by the id of the slot's main service. */
  readonly slots: Readonly<Record<string, string>>;
}

/** Sorts what runs by whether the exclusive session's renewals speak for it. */
export function fencedContainers({ containers, claims, sessions }: Snapshot): FencedContainers {
  const running = containers.filter((container) => container.fenced === true && isRunning(container));
  const isClaimed = ({ slot }: (typeof running)[number]): boolean =>
    claims.get(slotIdOf(slot))?.session === sessions.exclusive;
  return {
    claimed: running.filter(isClaimed).map(({ id }) => id),
    unclaimed: running.filter((container) => !isClaimed(container)).map(({ id }) => id),
    slots: Object.fromEntries(running.map(({ id, slot }) => [id, slotName(slot)])),
  };
}
