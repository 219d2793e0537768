import { slotIdOf, slotRefOf } from '@raftainer/pod-spec';

import type { Pod, SlotId } from '@raftainer/pod-spec';
import type { ClaimView, Snapshot } from './snapshot.js';

/** A slot of a pod that is being edited, as its holder describes it. */
export interface RelativeView {
  /** Of the claim under which it was written. */
  readonly epoch: number;
  /** Which its holder has brought up. */
  readonly revision: string;
  /** Since when it has been well without a break, by the snapshot's clock. Absent: it is not. */
  readonly wellSince?: number;
}

/** Whose turn it is to be disturbed by an edit of a pod, of the slots that serve. */
export interface EditTurn {
  /** The slot that is next. Absent: none, all have the new revision. */
  readonly next?: SlotId;
  /** Why it has to wait. */
  readonly waitsFor?: string;
}

/** As long as other orchestrators want it by default: what breaks at once, or within seconds, is seen at the first slot. */
export const WELL_FOR_MS = 10_000;

/**
 * A slot that nobody holds may be one that was given up because the new revision fails: every host leaves such a slot alone for
 * five minutes. One that has been free for longer has another reason, and must not hold up the others for ever.
 */
export const GIVEN_UP_MS = 360_000;

/**
 * Whose turn an edit is, computed from what all hosts see alike: one slot at a time in the whole cluster, by their index,
 * and only while every slot that has the new revision has been well for a while, so that a revision that fails stops at
 * the first. Those that do not serve have nothing to lose and ask nobody; the others wait for them. What decides between
 * serving slots must not depend on whose status is the latest: two hosts would take turns at the same moment.
 */
export function editTurn(snapshot: Snapshot, pod: Pod, revision: string): EditTurn {
  let next: SlotId | undefined;
  let waitsFor: string | undefined;
  for (const id of slotsOf(snapshot, pod)) {
    const claim = snapshot.claims.get(id);
    if (claim?.session === undefined) {
      if (isJustFree(snapshot, id)) waitsFor ??= `${id}, which nobody runs at the moment`;
    } else if (claim.revision !== revision) {
      next ??= id;
      if (wellSince(snapshot, id, claim) === undefined) waitsFor ??= `${id}, which does not serve`;
    } else if (!isWell(snapshot, id, claim)) {
      waitsFor ??= `${id}, which was updated, to be well for ${WELL_FOR_MS / 1_000} s`;
    }
  }
  return { ...(next === undefined ? {} : { next }), ...(waitsFor === undefined ? {} : { waitsFor }) };
}

/** In the order of their indexes. Which slots a system pod has is known from the claims alone. */
function slotsOf({ claims }: Snapshot, { name, kind, instances }: Pod): readonly SlotId[] {
  if (kind !== 'system') {
    return Array.from({ length: instances }, (_, index) => slotIdOf({ pod: name, index }));
  }
  const held = [...claims].flatMap(([id, { session }]) => (session === undefined ? [] : [slotRefOf(id)]));
  const own = held.filter(({ pod }) => pod === name).sort((one, other) => one.index - other.index);
  return own.map(slotIdOf);
}

function isJustFree({ fleet, now }: Snapshot, id: SlotId): boolean {
  return now - (fleet.freeSince.get(id) ?? now) < GIVEN_UP_MS;
}

function isWell(snapshot: Snapshot, id: SlotId, claim: ClaimView): boolean {
  const since = wellSince(snapshot, id, claim);
  return since !== undefined && snapshot.now - since >= WELL_FOR_MS;
}

/** What an earlier holder wrote, or this one of an earlier revision, says nothing. */
function wellSince({ fleet }: Snapshot, id: SlotId, claim: ClaimView): number | undefined {
  const relative = fleet.relatives?.get(id);
  if (relative?.epoch !== claim.epoch || relative.revision !== claim.revision) return undefined;
  return relative.wellSince;
}
