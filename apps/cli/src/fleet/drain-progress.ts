import type { SlotId } from '@raftainer/pod-spec';
import type { Fleet } from './fleet.js';
import { holdersOf } from './holders-of.js';
import type { SlotView } from './pod-view.js';
import { viewPods } from './view-pods.js';

/** How far a drain is. */
export interface DrainProgress {
  /** Slots that the host still holds and is to give up. */
  readonly held: readonly SlotView[];
  /** Slots that left it and do not serve elsewhere yet; until then the host may still run a copy that serves. */
  readonly moving: readonly SlotView[];
  /** Slots of system pods, which stay to the end. */
  readonly staying: readonly SlotView[];
}

/** Compares what a host holds with what it held when the drain began. Pure. */
export function drainProgress(fleet: Fleet, host: string, before: ReadonlySet<SlotId>): DrainProgress {
  const holders = holdersOf(fleet);
  const pods = viewPods(fleet);
  const isHere = ({ slot }: SlotView): boolean => holders.get(slot) === host;
  const system = pods.filter(({ kind }) => kind === 'system').flatMap(({ slots }) => slots);
  const others = pods.filter(({ kind }) => kind !== 'system').flatMap(({ slots }) => slots);
  return {
    held: others.filter(isHere),
    moving: others.filter((slot) => before.has(slot.slot) && !isHere(slot) && slot.desired && !slot.ready),
    staying: system.filter(isHere),
  };
}
