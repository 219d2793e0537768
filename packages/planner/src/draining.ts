import { isDraining, moveTarget } from './fleet-placement.js';
import { isRunning } from './teardown.js';

import type { HostPlacement } from './placement/index.js';
import type { SlotContext } from './slot-context.js';
import type { Snapshot } from './snapshot.js';
import type { SlotView } from './world.js';
import type { Reason } from './reason.js';

/** What draining means for one held slot. */
export type DrainStep =
  /** It stays, for a reason that people are told. */
  | { readonly kind: 'stay'; readonly message: string }
  /** Taken down here, then given up: two copies at once are not allowed. */
  | { readonly kind: 'move'; readonly reason: LeavingReason; readonly message: string }
  /** Given up while it goes on serving; it goes when its replacement serves. */
  | { readonly kind: 'hand-over'; readonly reason: LeavingReason; readonly message: string };

type LeavingReason = Extract<Reason, 'host-draining' | 'slot-moving'>;

/**
 * Decides how a slot leaves a host that drains, or from which it was asked to move. Undefined: it was not. Nothing is taken from the users of a pod while no other host could take
 * it, and of one pod only one slot moves at a time. Slots of system pods belong to their host, and stay to the end.
 */
export function drainStep(context: SlotContext, placement: HostPlacement): DrainStep | undefined {
  const { pod, view, ledger } = context;
  const draining = isDraining(context.snapshot);
  const target = moveTarget(context.snapshot, view.id);
  if (pod.kind === 'system' || (!draining && target === undefined)) return undefined;
  const reason = draining ? 'host-draining' : 'slot-moving';
  const why = draining ? 'this host is draining' : `the slot was asked to move to ${target ?? ''}`;
  const successor = placement.successors.get(view.id);
  if (successor === undefined) {
    const obstacle = draining ? 'no other host can take the slot' : 'that host cannot take it';
    return { kind: 'stay', message: `${why}, but ${obstacle}` };
  }
  const message = draining ? `${why}; ${successor} can take the slot` : why;
  if (!pod.exclusive && view.containers.some(isRunning)) return { kind: 'hand-over', reason, message };
  if (hasRelativeOnTheMove(view, placement) || !ledger.takeTurn(view.ref)) {
    return { kind: 'stay', message: `${why}; waits for another slot of the pod to move` };
  }
  return { kind: 'move', reason, message };
}

/** A slot that nobody can place waits for more than this, and must not hold up the others. */
function hasRelativeOnTheMove({ ref, id }: SlotView, { ranks }: HostPlacement): boolean {
  return [...ranks].some(
    ([other, { best }]) => other !== id && best !== undefined && other.startsWith(`${ref.pod}/`),
  );
}

/**
 * Whether a slot that another host has taken over goes on serving here: a pod of which two copies are allowed, until
 * the new one serves.
 */
export function awaitsReplacement(snapshot: Snapshot, view: SlotView, reason: Reason): boolean {
  const pod = snapshot.pods.get(view.ref.pod);
  if (reason !== 'claim-held-elsewhere' || pod?.state !== 'valid' || pod.pod.exclusive) return false;
  if (!view.containers.some(isRunning)) return false;
  const replacement = snapshot.fleet.replacements.get(view.id);
  const replaced = replacement?.serving === true && replacement.epoch >= (view.claim?.epoch ?? 0);
  return !replaced;
}
