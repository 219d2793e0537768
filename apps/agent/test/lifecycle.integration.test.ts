import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { eventually, testImage, uniqueName } from '@raftainer/testing';

import { TestHost } from './support/test-host.js';

let host: TestHost;
let image: string;
const web = uniqueName('web');

beforeAll(async () => {
  image = await testImage();
  host = await TestHost.create();
});

afterAll(async () => {
  await host.close();
});

/** A container that waits, and ends at once when asked to. */
function sleeper(name = 'app', changes: object = {}): object {
  const script = 'trap "exit 0" TERM; while :; do sleep 1 & wait $!; done';
  return { name, image, command: ['sh', '-c', script], ...changes };
}

describe('a pod in Consul', () => {
  it('runs, is registered and passes its check', async () => {
    await host.put({ name: web, instances: 2, containers: [sleeper()] });
    const [first, second] = await Promise.all([host.untilRunning(web, 0), host.untilRunning(web, 1)]);
    expect(first).toMatchObject({ host: host.name, epoch: 1, restarts: 0 });
    expect(second.containers[0]?.state).toBe('running');
    await eventually(async () => {
      const healthy = await host.consul.services.health(web, { passing: true });
      expect(healthy.map(({ service }) => service.id).sort()).toEqual([
        `raftainer-${web}-0`,
        `raftainer-${web}-1`,
      ]);
    });
  });

  it('can be scaled down without disturbing the slots that stay', async () => {
    const before = (await host.containers(web)).find(({ labels }) => labels['raftainer.index'] === '0');
    await host.cluster.pods.scale(web, 1);
    await eventually(async () => (await host.containers(web)).length === 1, { timeoutMs: 30_000 });
    const [left] = await host.containers(web);
    expect(left?.id).toBe(before?.id);
    await eventually(async () => {
      const claim = await host.cluster.claims.get(web, 1);
      expect(claim).toBeDefined();
      expect(claim?.session).toBeUndefined();
    });
  });

  it('is replaced gracefully when it is edited', async () => {
    const [before] = await host.containers(web);
    await host.put({
      name: web,
      containers: [sleeper('app', { environment: { COLOUR: 'blue' } })],
    });
    await eventually(
      async () => {
        const [now] = await host.containers(web);
        expect(now?.id).not.toBe(before?.id);
        expect(now?.state).toBe('running');
      },
      { timeoutMs: 30_000 },
    );
    const [now] = await host.containers(web);
    const { stdout } = await host.docker.containers.exec(now?.id ?? '', {
      command: ['sh', '-c', 'echo $COLOUR $RAFTAINER_POD $RAFTAINER_INDEX $RAFTAINER_EPOCH'],
    });
    expect(stdout.trim()).toBe(`blue ${web} 0 1`);
  });

  it('leaves nothing when it is removed', async () => {
    await host.cluster.pods.remove(web);
    await host.untilGone(web);
    await eventually(async () => {
      expect(await host.cluster.claims.list()).toEqual([]);
      expect(await host.cluster.statuses.list()).toEqual([]);
      const names = (await host.consul.services.list()).map(({ name }) => name);
      expect(names.sort()).toEqual(['raftainer-agent', 'raftainer-heartbeat']);
    });
  });
});
