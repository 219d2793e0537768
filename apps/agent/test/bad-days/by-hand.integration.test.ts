import { setTimeout as sleep } from 'node:timers/promises';

import { eventually, testImage, uniqueName } from '@raftainer/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { define, sleepingPod } from '../support/definitions.js';
import { TestHost } from '../support/test-host.js';
import { Witness, passing, runsOf, untilPassing } from '../support/witness.js';

// The agent looks at what tells nobody (ports of other processes, registrations) every half minute.
vi.setConfig({ testTimeout: 180_000 });

/** Pods that may run twice go on without a claim. Those that may not are stopped in time: see the tests of the lease. */
const SHARED = { exclusive: false };

let host: TestHost;
let image: string;
let witness: Witness;

beforeAll(async () => {
  image = await testImage();
  host = await TestHost.create();
  witness = await Witness.start(host, image, SHARED);
});

afterAll(async () => {
  await witness.expectUndisturbed();
  await host.close();
});

/** Runs a pod, and gives its name. */
async function run(prefix: string, changes: object = {}): Promise<string> {
  const pod = uniqueName(prefix);
  await host.put(define({ ...sleepingPod(pod, image), ...changes }));
  await host.untilRunning(pod);
  await untilPassing(host, pod);
  return pod;
}

async function untilReplaced(pod: string, before: string): Promise<void> {
  await eventually(
    async () => {
      const containers = await host.containers(pod);
      expect(containers).toMatchObject([{ state: 'running' }]);
      expect(containers[0]?.id).not.toBe(before);
    },
    { timeoutMs: 60_000 },
  );
  await untilPassing(host, pod);
}

async function remove(pod: string): Promise<void> {
  await host.cluster.pods.remove(pod);
  await host.untilGone(pod);
}

describe('what someone took away by hand comes back', () => {
  it('a container', async () => {
    const pod = await run('taken');
    const [before] = await host.containers(pod);
    await host.docker.containers.remove(before?.id ?? '', { force: true });
    await untilReplaced(pod, before?.id ?? '');
    await witness.expectUndisturbed();
    await remove(pod);
  });

  it('a container, while its siblings run on', async () => {
    const pod = uniqueName('pair');
    const [app] = (sleepingPod(pod, image).containers as readonly object[]).slice();
    await host.put(define({ name: pod, containers: [app, { ...app, name: 'other' }] }));
    await host.untilRunning(pod);
    const containers = await host.containers(pod);
    const named = (name: string): string | undefined =>
      containers.find(({ labels }) => labels['raftainer.container'] === name)?.id;
    const sibling = await host.docker.containers.inspect(named('other') ?? '');
    await host.docker.containers.remove(named('app') ?? '', { force: true });
    await eventually(
      async () => {
        const now = await host.containers(pod);
        expect(now.map(({ state }) => state)).toEqual(['running', 'running']);
        expect(now.map(({ id }) => id)).not.toContain(named('app'));
      },
      { timeoutMs: 60_000 },
    );
    expect(await runsOf(host, pod)).toContainEqual({ id: sibling.id, startedAt: sibling.startedAt });
    await remove(pod);
  });

  it('the network, and the container with it', async () => {
    const pod = await run('netless', { restart: { delay: '3s' } });
    const [before] = await host.containers(pod);
    const [network] = await host.networks(pod);
    // While the restart waits its turn nothing runs on the network, so that the engine lets it go.
    await host.docker.containers.kill(before?.id ?? '');
    await eventually(async () => {
      await host.docker.networks.remove(network?.id ?? '');
    });
    await untilReplaced(pod, before?.id ?? '');
    const [now] = await host.networks(pod);
    expect(now?.id).not.toBe(network?.id);
    await witness.expectUndisturbed();
    await remove(pod);
  });

  it('the registration of its service', async () => {
    const pod = await run('unlisted');
    const before = await runsOf(host, pod);
    await host.consul.services.deregister(`raftainer-${pod}-0`);
    expect(await passing(host, pod)).toBe(0);
    await untilPassing(host, pod);
    expect(await runsOf(host, pod)).toEqual(before);
    await remove(pod);
  });

  it('the status record, once there is news', async () => {
    const pod = await run('untold');
    await host.cluster.statuses.remove(pod, 0);
    const [before] = await host.containers(pod);
    await host.docker.containers.remove(before?.id ?? '', { force: true });
    await untilReplaced(pod, before?.id ?? '');
    await eventually(async () => (await host.status(pod))?.phase === 'running', { timeoutMs: 20_000 });
    await remove(pod);
  });
});

describe('a session destroyed behind the back of the agent', () => {
  it('is replaced; the claims are taken again with a new epoch, and no container notices', async () => {
    const pod = await run('renewed', SHARED);
    const before = await runsOf(host, pod);
    const claim = await host.cluster.claims.get(pod, 0);
    expect(claim?.session).toBeDefined();
    await host.consul.sessions.destroy(claim?.session ?? '');
    const served: number[] = [];
    await eventually(
      async () => {
        served.push(await passing(host, pod));
        const now = await host.cluster.claims.get(pod, 0);
        expect(now?.session).toBeDefined();
        expect(now?.session).not.toBe(claim?.session);
        expect(now?.epoch).toBe((claim?.epoch ?? 0) + 1);
      },
      { timeoutMs: 60_000, intervalMs: 500 },
    );
    expect(new Set(served)).toEqual(new Set([1]));
    expect(await runsOf(host, pod)).toEqual(before);
    await eventually(
      async () => {
        expect((await host.status(pod))?.epoch).toBe((claim?.epoch ?? 0) + 1);
        const witnessed = await host.cluster.claims.get(witness.pod, 0);
        expect(witnessed?.session).toBeDefined();
      },
      { timeoutMs: 60_000 },
    );
    await witness.expectUndisturbed();
    await remove(pod);
  });
});

describe('a claim that another session took', () => {
  it('makes our containers stop, and not start again; when it is free again they run with a new epoch', async () => {
    const pod = await run('lost');
    const claim = await host.cluster.claims.get(pod, 0);
    const key = `raftainer/pods/locks/${pod}/0.lock`;
    const other = await host.consul.sessions.create({ name: 'another host', lockDelayMs: 0 });
    const value = JSON.stringify({ host: 'elsewhere', revision: 'r', since: new Date().toISOString() });
    const { ok } = await host.consul.kv.transaction([
      { verb: 'unlock', key, value: '', session: claim?.session ?? '' },
      { verb: 'lock', key, value, session: other },
    ]);
    expect(ok).toBe(true);
    await host.untilGone(pod);
    await eventually(
      async () => {
        const services = (await host.consul.services.list()).filter(({ name }) => name === pod);
        expect(services).toEqual([]);
      },
      { timeoutMs: 20_000 },
    );
    await sleep(2_000);
    expect(await host.containers(pod)).toEqual([]);
    expect((await host.cluster.claims.get(pod, 0))?.session).toBe(other);
    await witness.expectUndisturbed();
    await host.consul.sessions.destroy(other);
    await eventually(
      async () => {
        const now = await host.status(pod);
        expect(now).toMatchObject({ phase: 'running', host: host.name });
        // What was published before is of an older epoch, and so history.
        expect(now?.epoch).toBeGreaterThan((claim?.epoch ?? 0) + 1);
      },
      { timeoutMs: 60_000 },
    );
    await untilPassing(host, pod);
    await remove(pod);
  });
});
