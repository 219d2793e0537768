import { isPodName } from '@raftainer/cluster';
import type { Problem } from '@raftainer/pod-spec';
import { awaitedFor } from './awaited.js';
import type { HostAnswer } from './explain-slot.js';
import { explainSlot } from './explain-slot.js';
import type { Fleet } from './fleet.js';
import { holdersOf } from './holders-of.js';
import { impossibility } from './impossible.js';
import type { PodView, SlotView } from './pod-view.js';
import { placementsOf, refusedOf, worldOf } from './world-of.js';

/** A pod with all that is known about why it runs where it does, or does not. */
export interface PodWhy {
  readonly name: string;
  readonly definition: PodView['definition'];
  readonly problems: readonly Problem[];
  /** What the agents refuse of the definition, whatever the host. */
  readonly refused: readonly string[];
  /** Why no host can ever run it; empty when some host could. */
  readonly impossible: readonly string[];
  readonly slots: readonly SlotWhy[];
}

/** A slot, who has it, what it waits for, and every host's answer. */
export interface SlotWhy {
  readonly view: SlotView;
  readonly holder?: string;
  /** When it was claimed, ISO 8601. */
  readonly claimedAt?: string;
  /** What a slot that nobody holds waits for. */
  readonly awaits: readonly string[];
  readonly hosts: readonly HostAnswer[];
}

/** Explains a pod, or one slot of it. Pure. */
export function whyPod(fleet: Fleet, pod: PodView, index?: number): PodWhy {
  const { name, definition, problems } = pod;
  const slots = pod.slots.filter((slot) => index === undefined || slot.index === index);
  return {
    name,
    definition,
    problems,
    refused: refusedOf(fleet, name),
    impossible: isPodName(name) ? impossibility(worldOf(fleet), name) : [],
    slots: slots.map((view) => whySlot(fleet, view)),
  };
}

function whySlot(fleet: Fleet, view: SlotView): SlotWhy {
  const placement = placementsOf(fleet).get(view.slot);
  const hosts = placement === undefined ? [] : explainSlot(fleet, placement);
  if (!view.held) return { view, awaits: awaitedFor(fleet, view.slot, placement), hosts };
  const holder = holdersOf(fleet).get(view.slot);
  const claimedAt = fleet.claims.get(view.slot)?.info?.since;
  return {
    view,
    ...(holder === undefined ? {} : { holder }),
    ...(claimedAt === undefined ? {} : { claimedAt }),
    awaits: [],
    hosts,
  };
}
