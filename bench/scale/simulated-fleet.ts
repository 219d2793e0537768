import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { createCluster } from '@raftainer/cluster';
import { createConsul } from '@raftainer/consul';
import { startEmbeddedConsul } from '@raftainer/embedded';

import { RequestMeter } from './request-meter.js';
import { startSimulatedHost } from './simulated-host.js';

import type { SimulatedHost } from './simulated-host.js';
import type { CycleTimes } from '../../apps/agent/src/loop.js';
import type { Cluster } from '@raftainer/cluster';
import type { EmbeddedConsul } from '@raftainer/embedded';

/** Nothing was written for so long: everybody is done. More than any wait between two steps of an agent. */
const QUIET_MS = 3_000;
/**
 * How long a host waits for the one before it, for each host of the fleet, in milliseconds: hosts that share a thread
 * are all as slow as their number, and must not take each other for absent.
 */
const CLAIM_STEP_MS_PER_HOST = 300;
const MIN_CLAIM_STEP_MS = 5_000;
/** Hosts that start at the same time. */
const STARTING = 10;

/** Many hosts in one process, on one embedded Consul. */
export class SimulatedFleet {
  readonly address: string;
  readonly cluster: Cluster;
  readonly meter: RequestMeter;
  readonly #consul: EmbeddedConsul;
  readonly #client;
  readonly #folder: string;
  readonly #hosts: SimulatedHost[] = [];
  #cycles: CycleTimes[] = [];

  private constructor(consul: EmbeddedConsul, folder: string) {
    this.#consul = consul;
    this.#folder = folder;
    this.address = consul.address;
    this.#client = createConsul({ host: consul.host, port: consul.port, timeoutMs: 120_000 });
    this.cluster = createCluster(this.#client);
    this.meter = new RequestMeter(consul.port);
  }

  static async create(): Promise<SimulatedFleet> {
    const folder = await mkdtemp(join(tmpdir(), 'raftainer-scale-'));
    return new SimulatedFleet(await startEmbeddedConsul({ port: 0 }), folder);
  }

  get hosts(): readonly SimulatedHost[] {
    return this.#hosts;
  }

  /** Every running slot, `pod/index`, one entry for each container. */
  running(): readonly string[] {
    return this.#hosts.flatMap((host) => host.running());
  }

  /** Starts so many hosts, and waits until each is present. */
  async start(count: number): Promise<void> {
    const numbers = Array.from({ length: count }, (_, index) => index);
    for (let from = 0; from < count; from += STARTING) {
      const started = await Promise.all(numbers.slice(from, from + STARTING).map((n) => this.#startHost(n, count)));
      this.#hosts.push(...started);
    }
    const isPresent = async (): Promise<boolean> =>
      (await this.cluster.hosts.list()).filter(({ session }) => session !== undefined).length === count;
    while (!(await isPresent())) await sleep(200);
  }

  /** Waits until so many containers run and nothing more is written. Gives the time of the last write. */
  async settled(containers: number, timeoutMs: number): Promise<number> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const count = this.running().length;
      const isQuiet = performance.now() - this.meter.lastWriteAt > QUIET_MS;
      if (count === containers && isQuiet) return this.meter.lastWriteAt;
      if (performance.now() > deadline) {
        throw new Error(`After ${timeoutMs} ms ${count} of ${containers} containers run, and it goes on.`);
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
