import { slotIdOf, slotRefOf } from '@raftainer/pod-spec';

import type { Snapshot } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';

/** Keeps since when each slot has been seen without a holder: what the turns of the hosts are counted from. */
export class FreeSlots {
  #since: ReadonlyMap<SlotId, number> = new Map();

  /** The slots that nobody holds now, and when each was first seen so. */
  observe({ pods, claims }: Pick<Snapshot, 'pods' | 'claims'>, now: number): ReadonlyMap<SlotId, number> {
    const since = new Map<SlotId, number>();
    const see = (id: SlotId): void => {
      if (claims.get(id)?.session === undefined) since.set(id, this.#since.get(id) ?? now);
    };
    for (const [name, view] of pods) {
      const asked = view.state === 'valid' && view.pod.kind !== 'system' ? view.pod.instances : 0;
      for (let index = 0; index < asked; index += 1) see(slotIdOf({ pod: name, index }));
    }
    // Slots of system pods are as many as hosts; of those, the records tell.
    for (const id of claims.keys()) {
      const view = pods.get(slotRefOf(id).pod);
      if (view?.state === 'valid' && view.pod.kind === 'system') see(id);
    }
    this.#since = since;
    return since;
  }
}
