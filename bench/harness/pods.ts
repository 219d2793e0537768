import { setTimeout as sleep } from 'node:timers/promises';

import { createCluster, podConfigKey } from '@raftainer/cluster';
import { createConsul, MAX_TRANSACTION_OPS } from '@raftainer/consul';

import type { BenchAgent } from './bench-agent.js';
import type { Ground } from './ground.js';
import type { Cluster } from '@raftainer/cluster';
import type { ConsulClient } from '@raftainer/consul';

/** Process 1 of a container ignores SIGTERM: without this every stop would take the whole grace period. */
const STOP_SIGNAL = 'SIGKILL';
/** What every measured container runs, whoever deploys it. */
export const COMMAND: readonly string[] = ['sleep', '1000000'];

/**
 * A pod of one container that sleeps; dead, it comes back without delay, however often. `more` are further fields of the
 * container.
 */
export function podDefinition(name: string, image: string, more: object = {}): object {
  return {
    name,
    stopGracePeriod: '1s',
    restart: { attempts: 1000, interval: '1h', delay: '0s', backoff: { factor: 1, maxDelay: '0s' } },
    containers: [{ name: 'app', image, command: COMMAND, stopSignal: STOP_SIGNAL, ...more }],
  };
}

/** Names for a deployment; every deployment has new ones, so that none meets the locks of another. */
export function podNames(count: number, prefix: string): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
}

/** The pods of one cluster, written and removed as a user would. */
export class PodStore {
  readonly #ground: Ground;
  readonly #consul: ConsulClient;
  readonly #cluster: Cluster;

  constructor(ground: Ground, consul: { readonly host: string; readonly port: number }) {
    this.#ground = ground;
    this.#consul = createConsul({ host: consul.host, port: consul.port });
    this.#cluster = createCluster(this.#consul);
    ground.cleanup.add(async () => {
      this.#consul.close();
      return Promise.resolve();
    });
  }

  /**
   * Writes all of them, in one transaction where they fit; gives the time just before, by this machine's clock. `moreOf`
   * gives further fields of the container of a pod.
   */
  async write(names: readonly string[], moreOf: (name: string) => object = () => ({})): Promise<number> {
    const ops = names.map((name) => ({
      verb: 'set' as const,
      key: podConfigKey(name),
      value: JSON.stringify(podDefinition(name, this.#ground.image, moreOf(name))),
    }));
    const groups = Array.from({ length: Math.ceil(ops.length / MAX_TRANSACTION_OPS) }, (_, index) =>
      ops.slice(index * MAX_TRANSACTION_OPS, (index + 1) * MAX_TRANSACTION_OPS),
    );
    const writtenAt = Date.now();
    const results = await Promise.all(groups.map((group) => this.#consul.kv.transaction(group)));
    if (results.some(({ ok }) => !ok)) throw new Error(`Consul refused the pods: ${JSON.stringify(results)}`);
    return writtenAt;
  }

  /** Waits until all of them run, by the engine's start events; gives the time of the last, and all ids. */
  async running(
    agent: BenchAgent,
    names: readonly string[],
    sinceMs: number,
  ): Promise<{ readonly at: number; readonly ids: readonly string[] }> {
    const { engine, signal } = this.#ground;
    const query = { action: 'start' as const, attributes: { 'raftainer.host': agent.host }, sinceMs };
    const events = await engine.wait(query, { count: names.length, signal });
    return { at: events.at(-1)?.timeMs ?? NaN, ids: events.map(({ id }) => id) };
  }

  /** Waits until the agent has published all of them as running. */
  async published(names: readonly string[]): Promise<void> {
    await this.#until('statuses', async () => {
      const records = await this.#cluster.statuses.list();
      const phases = new Map(records.map(({ pod, status }) => [pod, status?.phase]));
      return names.every((name) => phases.get(name) === 'running');
    });
  }

  /** Removes all pods and waits until nothing is left of them, neither in the engine nor in the claims. */
  async removeAll(agent: BenchAgent): Promise<void> {
    await this.#consul.kv.delete('raftainer/pods/configs/', { recurse: true });
    const labels = { 'raftainer.host': agent.host };
    const { docker } = this.#ground;
    await this.#until('removal', async () => {
      const [containers, networks, claims] = await Promise.all([
        docker.containers.list({ labels }),
        docker.networks.list({ labels }),
        this.#cluster.claims.list(),
      ]);
      return containers.length + networks.length + claims.length === 0;
    });
  }

  async #until(what: string, done: () => Promise<boolean>): Promise<void> {
    const { signal } = this.#ground;
    const deadline = performance.now() + 300_000;
    while (!(await done())) {
      if (performance.now() > deadline) throw new Error(`Waiting for ${what} of the pods took over 5 min.`);
      await sleep(200, undefined, { signal });
    }
  }
}
