import { availableParallelism, totalmem } from 'node:os';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { eventually, testImage, uniqueName } from '@raftainer/testing';

import { sleeper, sleepingPod } from '../support/definitions.js';
import { TestHost } from '../support/test-host.js';
import { runsOf } from '../support/witness.js';
import { Restarts } from './support/restarts.js';
import { slotContainer } from './support/slot-container.js';

// Stories of several acts, each with deadlines of its own.
vi.setConfig({ testTimeout: 180_000 });

let host: TestHost;
let image: string;

beforeAll(async () => {
  image = await testImage();
  host = await TestHost.create();
});

afterAll(async () => {
  await host.close();
});

describe('a container that dies', () => {
  const pod = uniqueName('dying');
  const delayMs = 300;
  const factor = 3;

  it('is started again later and later, and its siblings are left alone', async () => {
    const restarts = await Restarts.follow(host, { pod, container: 'dying' });
    await host.put({
      name: pod,
      restart: { delay: `${String(delayMs)}ms`, backoff: { factor, maxDelay: '1h' } },
      containers: [
        sleeper(image),
        { name: 'dying', image, command: ['sh', '-c', 'sleep 0.2; exit 7'] },
        sleeper(image, { name: 'helper', role: 'sidecar' }),
      ],
    });
    await eventually(
      async () => (await slotContainer(host, pod, { container: 'helper' })).state === 'running',
      {
        timeoutMs: 90_000,
      },
    );
    const siblings = await siblingRuns(pod);
    const status = await eventually(
      async () => {
        const known = await host.untilPhase(pod, ['backoff']);
        if (known.restarts < 4) throw new Error(`only ${String(known.restarts)} failures so far`);
        return known;
      },
      { timeoutMs: 90_000 },
    );
    expect(status.message).toBe('container dying ended with exit code 7');
    expect(status.containers.find(({ name }) => name === 'dying')).toMatchObject({ exitCode: 7 });
    expect(await siblingRuns(pod)).toEqual(siblings);
    const waits = (await restarts.end()).slice(0, 3);
    expect(waits).toHaveLength(3);
    // Up to a fifth shorter than the power of the factor; a busy machine only makes them longer.
    waits.forEach((wait, index) => {
      expect(wait).toBeGreaterThanOrEqual(delayMs * factor ** index * 0.8);
    });
  });

  it('is no obstacle to its siblings being in place once it stays', async () => {
    const siblings = await siblingRuns(pod);
    await host.put({
      name: pod,
      containers: [
        sleeper(image),
        sleeper(image, { name: 'dying' }),
        sleeper(image, { name: 'helper', role: 'sidecar' }),
      ],
    });
    await eventually(
      async () => {
        expect(await host.untilPhase(pod, ['running'])).toMatchObject({ restarts: 0 });
      },
      { timeoutMs: 90_000 },
    );
    expect(await siblingRuns(pod)).toEqual(siblings);
  });

  async function siblingRuns(name: string): Promise<readonly unknown[]> {
    const dying = (await host.containers(name)).filter(
      ({ labels }) => labels['raftainer.container'] === 'dying',
    );
    const ids = dying.map(({ id }) => id);
    return (await runsOf(host, name)).filter(({ id }) => !ids.includes(id));
  }
});

describe('a slot that fails more often than its policy allows', () => {
  const pod = uniqueName('failing');

  it('is given up: nothing of it is left, the claim is free, and the host says why', async () => {
    await host.put({
      name: pod,
      restart: { attempts: 1, delay: '200ms', interval: '1h' },
      containers: [{ name: 'app', image, command: ['sh', '-c', 'exit 3'] }],
    });
    await eventually(
      async () => {
        const claim = await host.cluster.claims.get(pod, 0);
        expect(claim).toMatchObject({ epoch: 1 });
        expect(claim?.session).toBeUndefined();
        expect(await host.containers(pod)).toEqual([]);
        expect(await host.networks(pod)).toEqual([]);
        expect(await host.status(pod)).toBeUndefined();
      },
      { timeoutMs: 90_000, intervalMs: 200 },
    );
    await eventually(async () => {
      expect(await host.refusals(pod)).toEqual([expect.stringMatching(/failed.*exit code 3/)]);
    });
  });

  it('is tried again when the definition is edited', async () => {
    await host.put(sleepingPod(pod, image));
    const status = await host.untilRunning(pod);
    expect(status).toMatchObject({ epoch: 2, restarts: 0 });
    await eventually(async () => {
      expect(await host.refusals(pod)).toEqual([]);
    });
  });
});

describe('a slot that takes more than half of its host', () => {
  const pod = uniqueName('huge');

  it('is taken back by it after a reboot, although what is left of it is still there', async () => {
    const cpu = Math.round(availableParallelism() * 60) / 100;
    const memory = `${String(Math.floor((totalmem() * 0.6) / 2 ** 20))}Mi`;
    const resources = { cpu, memory, pids: 1_000 };
    // Its lock is free as soon as its session is lost.
    await host.put({ name: pod, exclusive: false, containers: [sleeper(image, { resources })] });
    const before = await host.untilRunning(pod);

    await host.agent.end('SIGKILL');
    await host.endGuards();
    const { id } = await slotContainer(host, pod, { container: 'app' });
    await host.docker.containers.stop(id, { gracePeriodMs: 0 });
    for (const session of await host.consul.sessions.list()) await host.consul.sessions.destroy(session.id);
    host.agent.start();

    await eventually(
      async () => {
        expect(await host.untilRunning(pod)).toMatchObject({ epoch: before.epoch + 1 });
      },
      { timeoutMs: 90_000 },
    );
    expect((await slotContainer(host, pod, { container: 'app' })).state).toBe('running');
    expect(await host.refusals(pod)).toEqual([]);
  });
});
