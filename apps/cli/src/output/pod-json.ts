import type { PodView, SlotView } from '../fleet/pod-view.js';

/** A pod as `ps --json` prints it; the README documents the shape, and fields are only ever added. */
export function podJson({ slots, ...pod }: PodView): Readonly<Record<string, unknown>> {
  return { ...pod, slots: slots.map(slotJson) };
}

function slotJson(view: SlotView): Readonly<Record<string, unknown>> {
  const { slot, index, desired, held, phase, ready, upToDate, host, revision, epoch } = view;
  const { restarts, since, reason, why, containers } = view;
  return {
    slot,
    index,
    desired,
    held,
    phase,
    ready,
    upToDate,
    host,
    revision,
    epoch,
    restarts,
    since,
    reason,
    why,
    containers,
  };
}
