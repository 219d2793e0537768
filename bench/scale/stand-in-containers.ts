import { randomUUID } from 'node:crypto';

import { DockerError } from '@raftainer/docker';
import { LABELS } from '@raftainer/planner';

import { unsupported } from './unsupported.js';

import type {
  ContainerDetails,
  ContainerExit,
  ContainerListOptions,
  Containers,
  ContainerSpec,
  ContainerSummary,
  EngineEvent,
} from '@raftainer/docker';

/** A container that runs, as its labels tell of it. */
export interface RunningSlot {
  /** `pod/index`. */
  readonly slot: string;
  readonly revision: string;
}

/** The containers of a stand-in engine: they run from their start until somebody stops them. */
export class StandInContainers implements Containers {
  readonly #containers = new Map<string, ContainerSummary>();
  readonly #emit: (event: EngineEvent) => void;

  readonly logs = unsupported;
  readonly exec = unsupported;
  readonly readFile = unsupported;

  constructor(emit: (event: EngineEvent) => void) {
    this.#emit = emit;
  }

  /** What runs. */
  get running(): readonly RunningSlot[] {
    return [...this.#containers.values()]
      .filter(({ state }) => state === 'running')
      .map(({ labels }) => ({
        slot: `${labels[LABELS.pod] ?? ''}/${labels[LABELS.index] ?? ''}`,
        revision: labels[LABELS.revision] ?? '',
      }));
  }

  async list({ labels = {} }: ContainerListOptions = {}): Promise<readonly ContainerSummary[]> {
    const wanted = Object.entries(labels);
    const matches = ({ labels: has }: ContainerSummary): boolean =>
      wanted.every(([name, value]) => (value === true ? name in has : has[name] === value));
    return Promise.resolve([...this.#containers.values()].filter(matches));
  }

  async inspect(id: string): Promise<ContainerDetails> {
    return Promise.resolve({ ...this.#get(id), oomKilled: false, healthLog: [] });
  }

  async create({ name, image, labels = {} }: ContainerSpec): Promise<string> {
    if (this.#find(name) !== undefined) {
      throw new DockerError('DOCKER_CONFLICT', `The container name ${name} is taken.`);
    }
    const id = randomUUID();
    this.#containers.set(id, {
      ...{ id, name, image, imageId: 'sha256:stand-in', labels, ports: [], networks: [] },
      ...{ state: 'created', health: 'none', createdAt: Date.now() },
    });
    return Promise.resolve(id);
  }

  async start(id: string): Promise<void> {
    this.#become(this.#get(id), 'running');
    return Promise.resolve();
  }

  async stop(id: string): Promise<void> {
    const found = this.#find(id);
    if (found?.state === 'running') this.#become(found, 'exited');
    return Promise.resolve();
  }

  async kill(id: string): Promise<void> {
    return this.stop(id);
  }

  async remove(id: string): Promise<void> {
    const found = this.#find(id);
    if (found === undefined) return Promise.resolve();
    await this.stop(id);
    this.#containers.delete(found.id);
    this.#tell(found, 'destroy');
  }

  async wait(id: string): Promise<ContainerExit> {
    return Promise.resolve({ exitCode: this.#get(id).exitCode ?? 0 });
  }

  #become(container: ContainerSummary, state: 'running' | 'exited'): void {
    const exit = state === 'exited' ? { exitCode: 0 } : {};
    this.#containers.set(container.id, { ...container, state, ...exit });
    this.#tell(container, state === 'running' ? 'start' : 'die');
  }

  #tell({ id, name, labels: attributes }: ContainerSummary, action: string): void {
    this.#emit({ kind: 'event', type: 'container', action, id, name, attributes, timeMs: Date.now() });
  }

  #get(id: string): ContainerSummary {
    const found = this.#find(id);
    if (found === undefined) throw new DockerError('DOCKER_NOT_FOUND', `There is no container ${id}.`);
    return found;
  }

  #find(idOrName: string): ContainerSummary | undefined {
    const byId = this.#containers.get(idOrName);
    return byId ?? [...this.#containers.values()].find(({ name }) => name === idOrName);
  }
}
