import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { createCluster } from '@raftainer/cluster';
import { createConsul } from '@raftainer/consul';

import { startConsulProcess } from './consul-process.js';
import { RequestMeter } from './request-meter.js';
import { startSimulatedHost } from './simulated-host.js';

import type { RunningSlot } from './stand-in-containers.js';
import type { SimulatedHost } from './simulated-host.js';
import type { CycleTimes } from '../../apps/agent/src/loop.js';
import type { Cluster } from '@raftainer/cluster';
import type { ConsulProcess } from './consul-process.js';

/** Nothing was written for so long: everybody is done. More than any agent needs for a cycle among so many. */
const QUIET_MS_PER_HOST = 100;
const MIN_QUIET_MS = 5_000;
/**
 * How long a host waits for the one before it, for each host of the fleet, in milliseconds: hosts that share a thread
 * are all as slow as their number, and must not take each other for absent.
 */
const CLAIM_STEP_MS_PER_HOST = 300;
const MIN_CLAIM_STEP_MS = 30_000;
/** Hosts that start at the same time. */
const STARTING = 10;

/** What a fleet has to come to. */
export interface Goal {
  /** Whether what runs is what was asked for. */
  readonly runs: (running: readonly RunningSlot[]) => boolean;
  /**
   * Whether Consul says so too. A host whose cycle takes longer than everybody's silence has yet to write it down.
   * Default: it is taken for granted.
   */
  readonly isReported?: () => Promise<boolean>;
}

/** When a fleet settled, in monotonic milliseconds. */
export interface Settled {
  /** When everything ran that was asked for. */
  readonly runsAt: number;
  /** When the last record was written. */
  readonly settledAt: number;
}

/** Many hosts in one process, on one embedded Consul in another. */
export class SimulatedFleet {
  readonly address: string;
  readonly cluster: Cluster;
  readonly meter: RequestMeter;
  readonly #consul: ConsulProcess;
  readonly #client;
  readonly #folder: string;
  readonly #hosts: SimulatedHost[] = [];
  #cycles: CycleTimes[] = [];

  private constructor(consul: ConsulProcess, folder: string) {
    this.#consul = consul;
    this.#folder = folder;
    this.address = consul.address;
    this.#client = createConsul({ host: consul.host, port: consul.port, timeoutMs: 120_000 });
    this.cluster = createCluster(this.#client);
    this.meter = new RequestMeter(consul.port);
  }

  static async create(): Promise<SimulatedFleet> {
    const folder = await mkdtemp(join(tmpdir(), 'raftainer-scale-'));
    return new SimulatedFleet(await startConsulProcess(), folder);
  }

  get hosts(): readonly SimulatedHost[] {
    return this.#hosts;
  }

  /** Every running slot, one entry for each container. */
  running(): readonly RunningSlot[] {
    return this.#hosts.flatMap((host) => host.running());
  }

  /** Starts so many hosts, and waits until each is present. */
  async start(count: number): Promise<void> {
    const numbers = Array.from({ length: count }, (_, index) => index);
    for (let from = 0; from < count; from += STARTING) {
      const started = await Promise.all(
        numbers.slice(from, from + STARTING).map((n) => this.#startHost(n, count)),
      );
      this.#hosts.push(...started);
    }
    const isPresent = async (): Promise<boolean> =>
      (await this.cluster.hosts.list()).filter(({ session }) => session !== undefined).length === count;
    while (!(await isPresent())) await sleep(200);
  }

  /** Waits until the goal is reached and nothing more is written. */
  async settled({ runs, isReported }: Goal, timeoutMs: number): Promise<Settled> {
    const startedAt = performance.now();
    const quietMs = Math.max(MIN_QUIET_MS, QUIET_MS_PER_HOST * this.#hosts.length);
    let runsAt: number | undefined;
    for (;;) {
      const now = performance.now();
      const running = this.running();
      runsAt = runs(running) ? (runsAt ?? now) : undefined;
      const lastAt = Math.max(runsAt ?? now, this.meter.lastWriteAt);
      if (runsAt !== undefined && now - lastAt > quietMs && ((await isReported?.()) ?? true)) {
        return { runsAt, settledAt: lastAt };
      }
      if (now - startedAt > timeoutMs) {
        throw new Error(`After ${timeoutMs} ms ${running.length} containers run, and it has not settled.`);
      }
      await sleep(100);
    }
  }

  /** The cycles since the last call. */
  takeCycles(): readonly CycleTimes[] {
    const taken = this.#cycles;
    this.#cycles = [];
    return taken;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#hosts.map((host) => host.stop()));
    this.meter.close();
    this.#client.close();
    await this.#consul.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #startHost(number: number, count: number): Promise<SimulatedHost> {
    return startSimulatedHost({
      name: `host-${number}`,
      consulPort: this.#consul.port,
      folder: this.#folder,
      claimStepMs: Math.max(MIN_CLAIM_STEP_MS, CLAIM_STEP_MS_PER_HOST * count),
      onCycle: (times) => {
        this.#cycles.push(times);
      },
    });
  }
}
