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
  | { readonly kind: 'move'; readonly message: string }
  /** Given up while it goes on serving; it goes when its replacement serves. */
  | { readonly kind: 'hand-over'; readonly message: string };

/**
 * Decides how a slot leaves a host that drains. Nothing is taken from the users of a pod while no other host could take
 * it, and of one pod only one slot moves at a time. Slots of system pods belong to their host, and stay to the end.
 */
export function drainStep(context: SlotContext, placement: HostPlacement): DrainStep | undefined {
  const { pod, view, ledger } = context;
  if (pod.kind === 'system') return undefined;
  const successor = placement.successors.get(view.id);
  if (successor === undefined) {
    return { kind: 'stay', message: 'this host is draining, but no other host can take the slot' };
  }
  const message = `this host is draining; ${successor} can take the slot`;
  if (!pod.exclusive && view.containers.some(isRunning)) return { kind: 'hand-over', message };
  if (hasRelativeOnTheMove(view, placement) || !ledger.takeTurn(view.ref)) {
    return { kind: 'stay', message: 'this host is draining; waits for another slot of the pod to move' };
  }
  return { kind: 'move', message };
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
