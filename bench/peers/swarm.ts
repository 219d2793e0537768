import { setTimeout as sleep } from 'node:timers/promises';

import { atATime } from '../harness/at-a-time.js';
import { COMMAND } from '../harness/pods.js';
import { EngineApi, EngineRefusal, plainAddress } from './engine-api.js';

import type { Ground } from '../harness/ground.js';

const LABEL = 'raftainer-bench';
const SERVICE_LABEL = 'com.docker.swarm.service.name';
/** Created by a swarm, and left behind by it. */
const GATEWAY = 'docker_gwbridge';
const AT_A_TIME = 8;

/** How Swarm restarts a task; undefined: its default, after five seconds. */
export interface SwarmServiceOptions {
  readonly restartDelayMs?: number;
}

/** Docker Swarm on the same engine, as one node: one service with an overlay network of its own for each pod. */
export class Swarm {
  readonly #ground: Ground;
  readonly #api: EngineApi;
  readonly #imageId: string;

  private constructor(ground: Ground, api: EngineApi, imageId: string) {
    this.#ground = ground;
    this.#api = api;
    this.#imageId = imageId;
  }

  /** Makes the engine a swarm of one, and it leaves at the end; a string says why it cannot be done here. */
  static async join(ground: Ground): Promise<Swarm | string> {
    if (!ground.options.swarm) return 'left out by --no-swarm';
    const address = plainAddress(ground.engineHost);
    if (address === undefined) return `the engine at ${ground.engineHost} takes more than a plain connection`;
    const image = await ground.docker.images.inspect(ground.image);
    if (image === undefined) return `image ${ground.image} is not there`;
    const swarm = new Swarm(ground, new EngineApi(address), image.id);
    try {
      await swarm.#init();
    } catch (error: unknown) {
      return error instanceof Error ? error.message : String(error);
    }
    return swarm;
  }

  /** Gives the time just before the first call. */
  async deploy(names: readonly string[], options: SwarmServiceOptions = {}): Promise<number> {
    const beganAt = Date.now();
    await atATime(AT_A_TIME, names, async (name) => {
      this.#ground.signal.throwIfAborted();
      await this.#deployOne(name, options);
    });
    return beganAt;
  }

  /** Waits for the start events of the services' tasks; gives the time of the last, and their containers. */
  async running(
    names: readonly string[],
    sinceMs: number,
  ): Promise<{ readonly at: number; readonly ids: readonly string[] }> {
    const { engine, signal } = this.#ground;
    const found = await Promise.all(
      names.map((name) =>
        engine.wait({ action: 'start', attributes: { [SERVICE_LABEL]: name }, sinceMs }, { signal }),
      ),
    );
    const events = found.flat();
    return { at: Math.max(...events.map(({ timeMs }) => timeMs)), ids: events.map(({ id }) => id) };
  }

  /** Removes all services of this run, and waits until their containers and networks are gone. */
  async removeAll(): Promise<void> {
    const filters = encodeURIComponent(JSON.stringify({ label: [`${LABEL}=${this.#ground.run}`] }));
    const services = (await this.#api.call('GET', `/services?filters=${filters}`)) as readonly {
      readonly ID: string;
    }[];
    for (const { ID } of services) await this.#api.call('DELETE', `/services/${ID}`);
    const deadline = performance.now() + 120_000;
    for (;;) {
      const left = await this.#ground.docker.containers.list({ labels: { [LABEL]: this.#ground.run } });
      const networks = (await this.#api.call('GET', `/networks?filters=${filters}`)) as readonly {
        readonly Id: string;
      }[];
      if (left.length + networks.length === 0) return;
      if (performance.now() > deadline) throw new Error('Swarm did not remove its services within 2 min.');
      if (left.length === 0) for (const { Id } of networks) await this.#removeNetwork(Id);
      await sleep(100);
    }
  }

  async #init(): Promise<void> {
    const { Swarm: state } = (await this.#api.call('GET', '/info')) as {
      readonly Swarm?: { readonly LocalNodeState?: string; readonly ControlAvailable?: boolean };
    };
    if (state?.LocalNodeState === 'active' && state.ControlAvailable === true) {
      this.#ground.cleanup.add(() => this.removeAll());
      return;
    }
    if (state?.LocalNodeState !== 'inactive')
      throw new Error(`the engine's part in a swarm is: ${state?.LocalNodeState ?? 'unknown'}`);
    const hadGateway = (await this.#ground.docker.networks.list()).some(({ name }) => name === GATEWAY);
    const address = '127.0.0.1';
    this.#ground.cleanup.add(() => this.#leave(hadGateway));
    await this.#api.call('POST', '/swarm/init', { ListenAddr: `${address}:2377`, AdvertiseAddr: address });
    this.#ground.cleanup.add(() => this.removeAll());
  }

  async #leave(hadGateway: boolean): Promise<void> {
    await this.#api.call('POST', '/swarm/leave?force=1').catch((error: unknown) => {
      // 503: it never was in one.
      if (!(error instanceof EngineRefusal && error.status === 503)) throw error;
    });
    if (!hadGateway) await this.#ground.docker.networks.remove(GATEWAY);
  }

  async #deployOne(name: string, { restartDelayMs }: SwarmServiceOptions): Promise<void> {
    const labels = { [LABEL]: this.#ground.run };
    const network = { Name: name, Driver: 'overlay', Labels: labels };
    const { Id: networkId } = (await this.#api.call('POST', '/networks/create', network)) as {
      readonly Id: string;
    };
    // By its id, as then neither the service's creation nor the task asks a registry about the image.
    const container = { Image: this.#imageId, Command: COMMAND, Hostname: 'app', Labels: labels };
    await this.#api.call('POST', '/services/create', {
      Name: name,
      Labels: labels,
      TaskTemplate: {
        ContainerSpec: { ...container, StopSignal: 'SIGKILL', StopGracePeriod: 1e9 },
        Networks: [{ Target: networkId }],
        RestartPolicy:
          restartDelayMs === undefined ? undefined : { Condition: 'any', Delay: restartDelayMs * 1e6 },
      },
      Mode: { Replicated: { Replicas: 1 } },
    });
  }

  /** A network is in use until its last task is cleaned up. */
  async #removeNetwork(id: string): Promise<void> {
    await this.#api.call('DELETE', `/networks/${id}`).catch((error: unknown) => {
      if (!(error instanceof EngineRefusal)) throw error;
    });
  }
}
