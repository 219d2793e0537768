import type { PodWhy, SlotWhy } from '../fleet/why-pod.js';

/** The answer as `why --json` prints it; the README documents the shape, and fields are only ever added. */
export function whyJson({ slots, name, ...pod }: PodWhy): Readonly<Record<string, unknown>> {
  return { pod: name, ...pod, slots: slots.map(slotJson) };
}

function slotJson({ view, holder, claimedAt, awaits, hosts }: SlotWhy): Readonly<Record<string, unknown>> {
  const { slot, index, desired, held, phase, ready, upToDate, revision, epoch, reason, why } = view;
  const state = { slot, index, desired, held, phase, ready, upToDate, revision, epoch, reason, why };
  return { ...state, holder, claimedAt, awaits, hosts };
}
