import { setTimeout as sleep } from 'node:timers/promises';

import { slotIdOf } from '@raftainer/pod-spec';

import { lastWrite, writtenSince } from '../harness/last-write.js';
import { isReported } from './is-reported.js';
import { CHANGED_POD, definePods, simulatedPod } from './simulated-pods.js';

import type { RunningSlot } from './stand-in-containers.js';
import type { Metered } from './request-meter.js';
import type { Goal, SimulatedFleet } from './simulated-fleet.js';
import type { CycleTimes } from '../../apps/agent/src/loop.js';

/** How large, and how patient. */
export interface ScaleOptions {
  readonly hosts: number;
  readonly slots: number;
  /** Of each pod. */
  readonly instances: number;
  readonly restMs: number;
  readonly timeoutMs: number;
  readonly log: (line: string) => void;
}

/** One stretch of the simulation. */
export interface Stretch {
  /** Until the last record was written. */
  readonly ms: number;
  /** Until everything ran. */
  readonly runningMs: number;
  readonly metered: Metered;
  readonly cycles: readonly CycleTimes[];
}

/** What a simulation found. */
export interface ScaleFindings {
  readonly pods: number;
  readonly placing: Stretch;
  readonly changing: Stretch;
  readonly resting: Stretch;
  /** By how much the index of Consul's last write grew at rest. */
  readonly writesAtRest: number;
  /** Keys, sessions and checks that they were written to. */
  readonly writtenAtRest: readonly string[];
  /** Heap and buffers that the agents of all hosts added, with what they know; undefined without `--expose-gc`. */
  readonly memoryBytes?: number;
}

const CHANGED_SLOT = slotIdOf({ pod: CHANGED_POD, index: 0 });

/** Places everything at once, changes one pod, and rests. */
export async function measureScale(fleet: SimulatedFleet, options: ScaleOptions): Promise<ScaleFindings> {
  const { hosts, slots, timeoutMs, log } = options;
  const before = memoryInUse();
  log(`Starting ${hosts} hosts`);
  await fleet.start(hosts);
  await sleep(1_000);
  log(`Placing ${slots} slots`);
  let pods = 0;
  const placing = await stretch(fleet, timeoutMs, {
    work: async () => (pods = await definePods(fleet.cluster, options)),
    runs: (running) => running.length === slots,
  });
  const after = memoryInUse();
  log('Changing one pod');
  const old = revisionOfChanged(fleet.running());
  const changing = await stretch(fleet, timeoutMs, {
    work: async () => fleet.cluster.pods.put(CHANGED_POD, simulatedPod(CHANGED_POD, 1, '2')),
    runs: (running) => running.length === slots && revisionOfChanged(running) !== old,
    isReported: async () =>
      isReported(fleet.address, { slot: CHANGED_SLOT, revision: revisionOfChanged(fleet.running()) }),
  });
  log(`Resting for ${options.restMs / 1_000} s`);
  const resting = await rest(fleet, options.restMs);
  const memory = before === undefined || after === undefined ? {} : { memoryBytes: after - before };
  return { pods, placing, changing, ...resting, ...memory };
}

interface Work extends Goal {
  readonly work: () => Promise<unknown>;
}

async function stretch(fleet: SimulatedFleet, timeoutMs: number, { work, ...goal }: Work): Promise<Stretch> {
  fleet.meter.take();
  fleet.takeCycles();
  const startedAt = performance.now();
  await work();
  const { runsAt, settledAt } = await fleet.settled(goal, timeoutMs);
  return {
    ms: settledAt - startedAt,
    runningMs: runsAt - startedAt,
    metered: fleet.meter.take(),
    cycles: fleet.takeCycles(),
  };
}

function revisionOfChanged(running: readonly RunningSlot[]): string | undefined {
  return running.find(({ slot }) => slot === CHANGED_SLOT)?.revision;
}

async function rest(
  fleet: SimulatedFleet,
  ms: number,
): Promise<Pick<ScaleFindings, 'resting' | 'writesAtRest' | 'writtenAtRest'>> {
  const before = await lastWrite(fleet.address);
  fleet.meter.take();
  fleet.takeCycles();
  await sleep(ms);
  const resting = { ms, runningMs: 0, metered: fleet.meter.take(), cycles: fleet.takeCycles() };
  const after = await lastWrite(fleet.address);
  const writtenAtRest = after === before ? [] : await writtenSince(fleet.address, before);
  return { resting, writesAtRest: after - before, writtenAtRest };
}

/** What is left after everything unneeded was thrown away. */
function memoryInUse(): number | undefined {
  if (globalThis.gc === undefined) return undefined;
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
