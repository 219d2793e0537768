import { atATime } from '../harness/at-a-time.js';
import { COMMAND } from '../harness/pods.js';
import { sweepLabel } from '../harness/sweep-label.js';

import type { Ground } from '../harness/ground.js';
import type { ContainerSpec } from '@raftainer/docker';

/** Label of what the direct calls made; an agent's host label with another value would be swept as well. */
const LABEL = 'raftainer.host';

/**
 * The engine's floor: the calls that an agent has to make for these pods, and nothing else, made directly with the same
 * client and so many pods at the same time.
 */
export class DirectCalls {
  readonly #ground: Ground;
  readonly #host: string;

  constructor(ground: Ground) {
    this.#ground = ground;
    this.#host = `${ground.run}-direct`;
    ground.cleanup.add(() => this.removeAll());
  }

  /** Gives the time just before the first call. */
  async deploy(names: readonly string[], concurrency: number): Promise<number> {
    const beganAt = Date.now();
    await atATime(concurrency, names, async (name, index) => {
      this.#ground.signal.throwIfAborted();
      await this.#deployOne(name, index);
    });
    return beganAt;
  }

  /** Waits for the start events; gives the time of the last. */
  async running(names: readonly string[], sinceMs: number): Promise<number> {
    const { engine, signal } = this.#ground;
    const query = { action: 'start' as const, attributes: { [LABEL]: this.#host }, sinceMs };
    const events = await engine.wait(query, { count: names.length, signal });
    return events.at(-1)?.timeMs ?? NaN;
  }

  async removeAll(): Promise<void> {
    await sweepLabel(this.#ground.engineHost, `${LABEL}=${this.#host}`);
  }

  /** A container without network of its own, as in {@link deploy}, on the network of a pod that is deployed. */
  containerSpec(pod: string, suffix = ''): ContainerSpec {
    return {
      name: `raftainer-${pod}-0-app${suffix}`,
      image: this.#ground.image,
      command: COMMAND,
      env: { RAFTAINER_POD: pod, RAFTAINER_INDEX: '0', RAFTAINER_HOST: this.#host, RAFTAINER_EPOCH: '1' },
      labels: this.#labels(pod),
      network: `raftainer-${pod}-0`,
      networkAliases: ['app'],
      hostname: 'app',
      stopSignal: 'SIGKILL',
    };
  }

  async #deployOne(pod: string, index: number): Promise<void> {
    const { docker } = this.#ground;
    const network = { name: `raftainer-${pod}-0`, subnet: subnet(index), labels: this.#labels(pod) };
    await docker.networks.create(network);
    const id = await docker.containers.create(this.containerSpec(pod));
    await docker.containers.start(id);
  }

  /** As many as the agent sets. */
  #labels(pod: string): Readonly<Record<string, string>> {
    return {
      [LABEL]: this.#host,
      'raftainer.pod': pod,
      'raftainer.index': '0',
      'raftainer.container': 'app',
      'raftainer.role': 'main',
      'raftainer.revision': '0'.repeat(32),
      'raftainer.config': '0'.repeat(32),
      'raftainer.epoch': '1',
    };
  }
}

/** 16 addresses each, as the agent's, from a range that the agents under test do not use. */
function subnet(index: number): string {
  return `10.217.${Math.floor(index / 16)}.${(index % 16) * 16}/28`;
}
