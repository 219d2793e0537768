import { randomUUID } from 'node:crypto';

import { DockerError } from '@raftainer/docker';

import type { NetworkDetails, NetworkSpec, NetworkSummary, Networks } from '@raftainer/docker';

/** The networks of a stand-in engine. */
export class StandInNetworks implements Networks {
  readonly #networks = new Map<string, NetworkSummary>();

  async list(): Promise<readonly NetworkSummary[]> {
    return Promise.resolve([...this.#networks.values()]);
  }

  async inspect(id: string): Promise<NetworkDetails> {
    const found = this.#networks.get(id);
    if (found === undefined) throw new DockerError('DOCKER_NOT_FOUND', `There is no network ${id}.`);
    return Promise.resolve({ ...found, internal: false, containers: [] });
  }

  async create({ name, labels = {}, subnet }: NetworkSpec): Promise<string> {
    const isTaken = [...this.#networks.values()].some((network) => network.name === name);
    if (isTaken) throw new DockerError('DOCKER_CONFLICT', `The network name ${name} is taken.`);
    const id = randomUUID();
    const subnets = subnet === undefined ? [] : [subnet];
    this.#networks.set(id, { id, name, driver: 'bridge', labels, subnets });
    return Promise.resolve(id);
  }

  async remove(id: string): Promise<void> {
    this.#networks.delete(id);
    return Promise.resolve();
  }
}
