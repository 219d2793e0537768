import { eventually, testImage, uniqueName, uniqueSubnet } from '@raftainer/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { IDLE, sleeper, define, sleepingPod } from '../support/definitions.js';
import { TestHost } from '../support/test-host.js';
import { untilPassing } from '../support/witness.js';

import type { Definition } from '../support/definitions.js';

vi.setConfig({ testTimeout: 180_000 });

let host: TestHost;
let image: string;
let neighbours: Neighbours;
const pod = uniqueName('ours');

/** Containers, networks, volumes and services of others, with names and labels as close to ours as they can be. */
class Neighbours {
  readonly #mark = { 'test.neighbour': uniqueName('neighbour') };
  #before: object = {};

  /** What labels others may have put on theirs: none, those of an agent on another host, and half of them. */
  get #labels(): readonly Readonly<Record<string, string>>[] {
    const theirs = { 'raftainer.pod': pod, 'raftainer.index': '0', 'raftainer.container': 'app' };
    return [
      {},
      { ...theirs, 'raftainer.host': 'another-host' },
      theirs,
      { 'raftainer.host': `${host.name}0` },
    ];
  }

  async settle(): Promise<void> {
    const { docker, consul } = host;
    for (const [index, theirs] of this.#labels.entries()) {
      const labels = { ...theirs, ...this.#mark };
      const name = `raftainer-${pod}-${String(index)}`;
      await docker.volumes.create({ name: `${name}-data-theirs`, labels });
      await docker.networks.create({
        name: `${name}-theirs`,
        labels,
        subnet: uniqueSubnet().cidr,
      });
      const id = await docker.containers.create({
        name: `${name}-app-theirs`,
        image,
        command: ['sh', '-c', IDLE],
        labels,
        network: `${name}-theirs`,
        mounts: [{ type: 'volume', source: `${name}-data-theirs`, target: '/data' }],
      });
      if (index !== 1) await docker.containers.start(id);
    }
    await consul.services.register({ id: `raftainer-${pod}-9`, name: pod });
    await consul.services.register({
      id: `raftainer-${pod}-8`,
      name: `${pod}-other`,
      meta: { 'raftainer-host': 'another-host', 'raftainer-pod': pod, 'raftainer-index': '0' },
    });
    await consul.kv.set('raftainer-else/key', 'theirs');
    this.#before = await this.#look();
  }

  async expectUntouched(): Promise<void> {
    expect(await this.#look()).toEqual(this.#before);
  }

  async #look(): Promise<object> {
    const { docker, consul } = host;
    const labels = this.#mark;
    const ids = (await docker.containers.list({ labels })).map(({ id }) => id).sort();
    const containers = await Promise.all(
      ids.map(async (id) => {
        const { name, state, startedAt, networks } = await docker.containers.inspect(id);
        return { id, name, state, startedAt, networks };
      }),
    );
    const networks = await docker.networks.list({ labels });
    const volumes = await docker.volumes.list({ labels });
    const services = await consul.services.list();
    return {
      containers,
      networks: networks.map(({ id }) => id).sort(),
      volumes: volumes.map(({ name }) => name).sort(),
      services: services.filter(({ id }) => /-[89]$/.test(id)),
      key: (await consul.kv.get('raftainer-else/key'))?.value,
    };
  }

  async leave(): Promise<void> {
    const { docker } = host;
    const labels = this.#mark;
    for (const { id } of await docker.containers.list({ labels }))
      await docker.containers.remove(id, { force: true });
    for (const { id } of await docker.networks.list({ labels })) await docker.networks.remove(id);
    for (const { name } of await docker.volumes.list({ labels })) await docker.volumes.remove(name);
  }
}

beforeAll(async () => {
  image = await testImage();
  host = await TestHost.create();
  neighbours = new Neighbours();
  await neighbours.settle();
});

afterAll(async () => {
  await neighbours.leave();
  await host.close();
});

function version(value: string, changes: object = {}): Definition {
  const mounts = [{ volume: 'data', mountPath: '/data' }];
  return define({
    name: pod,
    instances: 2,
    volumes: [{ name: 'data', type: 'named' }],
    containers: [sleeper(image, { volumes: mounts, environment: { VERSION: value } })],
    ...changes,
  });
}

describe('containers, networks, volumes and services of others', () => {
  it('are left alone when a pod of ours begins to run beside them', async () => {
    await host.put(version('1'));
    await Promise.all([host.untilRunning(pod, 0), host.untilRunning(pod, 1)]);
    await untilPassing(host, pod, 3); // One is the neighbour's.
    await neighbours.expectUntouched();
  });

  it('when it is edited and scaled', async () => {
    const before = (await host.containers(pod)).map(({ id }) => id);
    await host.put(version('2', { instances: 1 }));
    await eventually(
      async () => {
        const now = await host.containers(pod);
        expect(now).toMatchObject([{ state: 'running' }]);
        expect(before).not.toContain(now[0]?.id);
      },
      { timeoutMs: 60_000 },
    );
    await neighbours.expectUntouched();
  });

  it('when the agent is killed and started again', async () => {
    const before = await host.containers(pod);
    await host.agent.end('SIGKILL');
    host.agent.start();
    const present = (): number => host.agent.output.split('This host is present').length;
    await eventually(() => present() > 2, { timeoutMs: 60_000 });
    const changed = version('2', { instances: 2 });
    await host.put(changed);
    await host.untilRunning(pod, 1);
    expect((await host.containers(pod)).map(({ id }) => id)).toContain(before[0]?.id);
    await neighbours.expectUntouched();
  });

  it('when it is removed; its own volumes stay as well, for it may come back', async () => {
    await host.cluster.pods.remove(pod);
    await host.untilGone(pod);
    const volumes = await host.docker.volumes.list({ labels: { 'raftainer.host': host.name } });
    expect(volumes.map(({ labels }) => labels['raftainer.index']).sort()).toEqual(['0', '1']);
    await neighbours.expectUntouched();
  });
});

describe('a name that someone else has taken', () => {
  it('of the network: the pod waits and says so, and runs when the name is free', async () => {
    const other = uniqueName('named');
    const theirs = await host.docker.networks.create({
      name: `raftainer-${other}-0`,
      subnet: uniqueSubnet().cidr,
    });
    try {
      await host.put(sleepingPod(other, image));
      const status = await host.untilPhase(other, ['backoff']);
      expect(status.message).toContain(`raftainer-${other}-0`);
      expect((await host.docker.networks.inspect(theirs)).containers).toEqual([]);
    } finally {
      await host.docker.networks.remove(theirs);
    }
    await host.untilRunning(other);
    await host.cluster.pods.remove(other);
    await host.untilGone(other);
  });

  it('of the container: theirs is not removed for ours', async () => {
    const other = uniqueName('named');
    await host.put(sleepingPod(other, image));
    await host.untilRunning(other);
    const [ours] = await host.containers(other);
    await host.cluster.pods.remove(other);
    await host.untilGone(other);
    const theirs = await host.docker.containers.create({
      name: ours?.name ?? '',
      image,
      command: ['sleep', '600'],
    });
    try {
      await host.docker.containers.start(theirs);
      const { startedAt } = await host.docker.containers.inspect(theirs);
      await host.put(sleepingPod(other, image));
      const status = await host.untilPhase(other, ['backoff']);
      expect(status.message).toContain(ours?.name);
      expect(await host.docker.containers.inspect(theirs)).toMatchObject({ state: 'running', startedAt });
    } finally {
      await host.docker.containers.remove(theirs, { force: true });
    }
    await host.untilRunning(other);
    await host.cluster.pods.remove(other);
    await host.untilGone(other);
  });
});
