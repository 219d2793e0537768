import { slotIdOf, slotRefOf } from '@raftainer/pod-spec';

import type { AwaitedHosts } from './homecoming.js';
import type { Snapshot } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';

/** From when a slot that is seen free for the first time counts as free. */
export interface FreeSlotsOptions {
  readonly now: number;
  /** For slots that are not this host's own from before, not before. */
  readonly opensAt: number;
  /** This host. */
  readonly host: string;
  /** Slots of these hosts are free to others only once the patience with them is over. */
  readonly awaited?: AwaitedHosts | undefined;
  /** What is counted after it for the lock of an exclusive slot, and is over long before the patience is. */
  readonly lockDelayMs: number;
}

/** Keeps since when each slot has been seen without a holder: what the turns of the hosts are counted from. */
export class FreeSlots {
  #since: ReadonlyMap<SlotId, number> = new Map();

  /** The slots that nobody holds now, and when each was first seen so. */
  observe(
    { pods, claims }: Pick<Snapshot, 'pods' | 'claims'>,
    options: FreeSlotsOptions,
  ): ReadonlyMap<SlotId, number> {
    const { now, opensAt, awaited, lockDelayMs } = options;
    const since = new Map<SlotId, number>();
    const see = (id: SlotId, exclusive: boolean): void => {
      const claim = claims.get(id);
      if (claim?.session !== undefined) return;
      const first = claim?.host === options.host ? now : Math.max(now, opensAt);
      const isAwaited = claim?.host !== undefined && awaited?.hosts.has(claim.host) === true;
      const kept = isAwaited ? awaited.until - (exclusive ? lockDelayMs : 0) : -Infinity;
      since.set(id, Math.max(this.#since.get(id) ?? first, kept));
    };
    for (const [name, view] of pods) {
      const asked = view.state === 'valid' && view.pod.kind !== 'system' ? view.pod.instances : 0;
      const exclusive = view.state === 'valid' && view.pod.exclusive;
      for (let index = 0; index < asked; index += 1) see(slotIdOf({ pod: name, index }), exclusive);
    }
    // Slots of system pods are as many as hosts; of those, the records tell.
    for (const id of claims.keys()) {
      const view = pods.get(slotRefOf(id).pod);
      if (view?.state === 'valid' && view.pod.kind === 'system') see(id, view.pod.exclusive);
    }
    this.#since = since;
    return since;
  }
}
