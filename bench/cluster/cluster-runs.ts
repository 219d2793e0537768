import { setTimeout as sleep } from 'node:timers/promises';

import { eventually, testImage } from '@raftainer/testing';

import { untilConverged } from '../../fleet/proof/audit.js';
import { overlapsOf } from '../../fleet/proof/overlaps.js';
import { EXCLUSIVE, idlePod, SHARED } from '../../fleet/proof/pods.js';
import { CLUSTER_FAULTS } from './cluster-faults.js';
import { measureEngine } from './engine-alone.js';

import type { Fleet } from '../../fleet/harness/fleet.js';
import type { FleetHost } from '../../fleet/harness/fleet-host.js';
import type { ClusterFault } from './cluster-faults.js';
import type { EngineFigures } from './engine-alone.js';

/** One fault and one kind of pods, over all runs. */
export interface FailoverFigures {
  readonly fault: ClusterFault;
  readonly kind: 'exclusive' | 'shared';
  /** From the fault until the last slot of the host ran elsewhere, milliseconds. */
  readonly replacedMs: readonly number[];
  /** The longest time in which two copies of a slot executed, milliseconds. */
  readonly overlapMs: number;
}

/** What was measured. */
export interface ClusterFigures {
  readonly failovers: readonly FailoverFigures[];
  /** Containers that began while an agent was restarted by a supervisor, run by run. */
  readonly restarted: readonly number[];
  /** What the engine takes of each failover. */
  readonly engine: readonly EngineFigures[];
}

const PODS = { exclusive: EXCLUSIVE, shared: SHARED } as const;
const KINDS = ['exclusive', 'shared'] as const;
/** So that every host has some of each. */
const INSTANCES = 3;
/** Everything has to be at rest before the next fault. */
const CALM_MS = 2_000;
/** Longer than detection and lock delay: what an agent has lost shows by then. */
const RESTART_WATCH_MS = 12_000;
const REPLACED_TIMEOUT_MS = 120_000;

/** Plays faults on a fleet, again and again, and takes the times from the recording. */
export class ClusterRuns {
  readonly #fleet: Fleet;
  readonly #log: (line: string) => void;

  constructor(fleet: Fleet, log: (line: string) => void) {
    this.#fleet = fleet;
    this.#log = log;
  }

  /** So many runs of everything. */
  async measure(runs: number): Promise<ClusterFigures> {
    const image = await testImage();
    this.#log('  engine alone');
    const engine = await measureEngine(this.#fleet.host('host-1').docker, image, runs);
    await this.#fleet.apply(idlePod(EXCLUSIVE, image, { instances: INSTANCES }));
    await this.#fleet.apply(idlePod(SHARED, image, { instances: INSTANCES, exclusive: false }));
    const restarted = await repeat(runs, (run) => this.#restart(`agent restarted, ${run} of ${runs}`));
    const failovers: FailoverFigures[] = [];
    for (const fault of CLUSTER_FAULTS) {
      // Copies that the fault before left must not count as this one's, nor be left out of its own.
      await untilConverged(this.#fleet);
      const sinceMs = Date.now();
      const times = await repeat(runs, (run) => this.#failover(fault, `${fault.label}, ${run} of ${runs}`));
      await untilConverged(this.#fleet);
      for (const kind of KINDS) {
        const replacedMs = times.map((time) => time[kind]).filter((time) => time !== undefined);
        failovers.push({ fault, kind, replacedMs, overlapMs: this.#longestOverlap(PODS[kind], sinceMs) });
      }
    }
    return { failovers, restarted, engine };
  }

  async #restart(line: string): Promise<number> {
    const { agent } = await this.#begin(line);
    const { pid } = agent;
    const sinceMs = Date.now();
    agent.supervise(true);
    await agent.kill();
    await eventually(() => agent.running && agent.pid !== pid);
    agent.supervise(false);
    await sleep(RESTART_WATCH_MS);
    const lives = this.#fleet.recorder.report().slots.flatMap((slot) => slot.lives);
    return lives.filter(({ fromMs }) => fromMs >= sinceMs).length;
  }

  /** Absent for a kind of which the host had no slot. */
  async #failover(
    fault: ClusterFault,
    line: string,
  ): Promise<{ readonly exclusive?: number; readonly shared?: number }> {
    const victim = await this.#begin(line);
    const slots = this.#slotsOn(victim);
    const sinceMs = Date.now();
    await fault.inject(this.#fleet, victim);
    const times = await Promise.all(
      slots.map(async (slot) => ({ slot, ms: await this.#replaced(slot, victim, sinceMs) })),
    );
    await fault.mend(this.#fleet, victim);
    const lastOf = (pod: string): number | undefined =>
      times.filter(({ slot }) => slot.startsWith(`${pod}/`)).reduce<number | undefined>(latest, undefined);
    const [exclusive, shared] = [lastOf(PODS.exclusive), lastOf(PODS.shared)];
    return { ...(exclusive === undefined ? {} : { exclusive }), ...(shared === undefined ? {} : { shared }) };
  }

  /** Waits until everything is at rest; gives the host with the most different slots. */
  async #begin(line: string): Promise<FleetHost> {
    await untilConverged(this.#fleet);
    await sleep(CALM_MS);
    this.#log(`  ${line}`);
    const worth = (host: FleetHost): number => {
      const slots = this.#slotsOn(host);
      return (
        slots.length + 10 * KINDS.filter((kind) => slots.some((slot) => slot.startsWith(PODS[kind]))).length
      );
    };
    const [first] = [...this.#fleet.hosts].sort((one, other) => worth(other) - worth(one));
    if (first === undefined) throw new Error('The fleet has no host.');
    return first;
  }

  #slotsOn({ name }: FleetHost): readonly string[] {
    return this.#fleet.recorder
      .alive()
      .filter(({ host }) => host === name)
      .map(({ slot }) => slot);
  }

  async #replaced(slot: string, victim: FleetHost, sinceMs: number): Promise<number> {
    const isReplacement = ({
      host,
      startedMs,
    }: {
      readonly host: string;
      readonly startedMs?: number;
    }): boolean => host !== victim.name && (startedMs ?? 0) > sinceMs;
    const { lives } = await this.#fleet.recorder.until(slot, (report) => report.lives.some(isReplacement), {
      timeoutMs: REPLACED_TIMEOUT_MS,
    });
    return (lives.find(isReplacement)?.startedMs ?? NaN) - sinceMs;
  }

  #longestOverlap(pod: string, sinceMs: number): number {
    const { recorder } = this.#fleet;
    const overlaps = overlapsOf(recorder.report(), recorder.observations, { pods: [pod], sinceMs });
    return Math.max(0, ...overlaps.map(({ lengthMs }) => lengthMs));
  }
}

function latest(last: number | undefined, { ms }: { readonly ms: number }): number {
  return Math.max(last ?? 0, ms);
}

async function repeat<T>(runs: number, measure: (run: number) => Promise<T>): Promise<readonly T[]> {
  const results: T[] = [];
  for (let run = 1; run <= runs; run += 1) results.push(await measure(run));
  return results;
}
