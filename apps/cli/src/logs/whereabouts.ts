import type { Cluster } from '@raftainer/cluster';
import { CliError } from '../cli-error.js';
import { readFleet } from '../fleet/fleet.js';
import type { PodView, SlotView } from '../fleet/pod-view.js';
import { requireKnown } from '../fleet/require-known.js';
import { viewPods } from '../fleet/view-pods.js';
import type { LogSource } from './log-source.js';
import type { LogTarget } from './log-target.js';

/** The slots of a target that are not on this host. */
export interface Whereabouts {
  /** Held by another host. */
  readonly elsewhere: readonly SlotView[];
  /** Wanted, and nowhere yet. */
  readonly nowhere: readonly SlotView[];
}

/** Finds the slots of which this engine has no container. Throws `CLI_NOT_FOUND` when there is no such pod or slot. */
export async function findWhereabouts(
  cluster: Cluster,
  target: LogTarget,
  context: { readonly sources: readonly LogSource[]; readonly signal: AbortSignal },
): Promise<Whereabouts> {
  const { sources, signal } = context;
  const pods = viewPods(await readFleet(cluster, signal));
  const pod = pods.find(({ name }) => name === target.pod);
  if (sources.length === 0) {
    requireKnown(
      [target.pod],
      pods.map(({ name }) => name),
    );
  }
  const slots = (pod?.slots ?? []).filter(
    ({ index }) => target.index === undefined || target.index === index,
  );
  const missing = slots.filter(({ slot }) => !sources.some((source) => source.slot === slot));
  if (sources.length === 0) {
    requireSlot(target, pod, slots);
  }
  return { elsewhere: missing.filter(({ held }) => held), nowhere: missing.filter(({ held }) => !held) };
}

function requireSlot(target: LogTarget, pod: PodView | undefined, slots: readonly SlotView[]): void {
  if (target.index !== undefined && slots.length === 0) {
    const count = pod?.instances === undefined ? '' : `; it has ${pod.instances} instances, counted from 0`;
    throw new CliError('CLI_NOT_FOUND', `pod "${target.pod}" has no slot ${target.index}${count}`);
  }
}
