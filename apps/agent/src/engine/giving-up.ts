import { slotIdOf } from '@raftainer/pod-spec';

import type { Action, HeldClaim, ServiceView, SlotPlan } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';

/** The work of giving up slots of which nothing lives, without their engine: out of discovery, then the claim. Pure. */
export function givingUp(
  ids: readonly SlotId[],
  claims: ReadonlyMap<SlotId, HeldClaim>,
  services: readonly ServiceView[],
): ReadonlyMap<SlotId, SlotPlan> {
  const reason = 'engine-down';
  return new Map(
    ids.flatMap((id) => {
      const claim = claims.get(id);
      if (claim === undefined) return [];
      const { session, epoch } = claim;
      const actions: readonly Action[] = [
        ...services
          .filter(({ slot }) => slotIdOf(slot) === id)
          .map((service) => ({ type: 'deregister-service', reason, id: service.id }) as const),
        { type: 'release-claim', reason, forget: false, withoutEngine: true, session },
      ];
      return [[id, { actions, fenced: false, epoch, session, hostPorts: [], gpus: [] }] as const];
    }),
  );
}
