import { isRunning } from './teardown.js';

import type { SlotContext } from './slot-context.js';

/**
 * Until when nothing of the slot is started here, because the store went back in time: another host may still run it.
 * Undefined when nothing stands against it: what runs here already is the one copy there is, and a second one is allowed
 * of pods that are not exclusive.
 */
export function doubtedUntil({ snapshot, view, pod }: SlotContext): number | undefined {
  const { claimsInDoubt, now } = snapshot;
  if (claimsInDoubt === undefined || !pod.exclusive || view.containers.some(isRunning)) return undefined;
  const isHeld = view.claim?.session !== undefined;
  const until = isHeld ? claimsInDoubt.held.get(view.id) : claimsInDoubt.freeUntil;
  return until !== undefined && until > now ? until : undefined;
}
