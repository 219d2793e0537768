import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { eventually, freePort, testImage, uniqueName } from '@raftainer/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { define, sleepingPod } from '../support/definitions.js';
import { TestHost } from '../support/test-host.js';
import { Witness, passing, runsOf, untilPassing } from '../support/witness.js';

import type { Definition } from '../support/definitions.js';

// The agent looks at what tells nobody (ports of other processes, registrations) every half minute.
vi.setConfig({ testTimeout: 180_000 });

let host: TestHost;
let image: string;
let witness: Witness;

beforeAll(async () => {
  image = await testImage();
  host = await TestHost.create();
  witness = await Witness.start(host, image);
});

afterAll(async () => {
  await witness.expectUndisturbed();
  await host.close();
});

/** Occupies a port until the function that it gives is called. */
async function occupy(port: number): Promise<() => Promise<void>> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return async () => {
    await new Promise((resolve) => server.close(resolve));
  };
}

async function untilRefused(pod: string, words: RegExp): Promise<void> {
  await eventually(
    async () => {
      expect((await host.refusals(pod)).join('\n')).toMatch(words);
    },
    { timeoutMs: 40_000 },
  );
}

async function remove(...pods: readonly string[]): Promise<void> {
  for (const pod of pods) await host.cluster.pods.remove(pod);
  for (const pod of pods) await host.untilGone(pod);
}

function listening(name: string, hostPort: number, changes: object = {}): Definition {
  const port = { name: 'http', containerPort: 80, publish: 'internal', hostPort };
  return sleepingPod(name, image, { ports: [port], ...changes });
}

describe('a host port in use', () => {
  it('by another process: the pod waits, says who has it, and runs when it is free', async () => {
    const pod = uniqueName('port');
    const port = await freePort();
    const release = await occupy(port);
    await host.put(listening(pod, port));
    await untilRefused(pod, new RegExp(`host port ${String(port)}/tcp is in use by another process`));
    expect(await host.containers(pod)).toEqual([]);
    expect(await host.cluster.claims.get(pod, 0)).toBeUndefined();
    await witness.expectUndisturbed();
    await release();
    await eventually(async () => (await host.status(pod))?.phase === 'running', { timeoutMs: 60_000 });
    await remove(pod);
  });

  it('by another pod: the second waits, the first does not notice', async () => {
    const [first, second] = [uniqueName('first'), uniqueName('second')];
    const port = await freePort();
    await host.put(listening(first, port));
    await host.untilRunning(first);
    const before = await runsOf(host, first);
    await host.put(listening(second, port));
    await untilRefused(second, new RegExp(`host port ${String(port)}/tcp is in use by ${first}/0`));
    expect(await host.containers(second)).toEqual([]);
    expect(await runsOf(host, first)).toEqual(before);
    await remove(first);
    await host.untilRunning(second);
    await remove(second);
  });

  it('that an edit asks for: what runs goes on as it was', async () => {
    const pod = uniqueName('moved');
    const [free, taken] = [await freePort(), await freePort()];
    await host.put(listening(pod, free));
    await host.untilRunning(pod);
    await untilPassing(host, pod);
    const before = await runsOf(host, pod);
    const release = await occupy(taken);
    await host.put(listening(pod, taken));
    await eventually(
      async () => {
        expect((await host.status(pod))?.message).toMatch(
          new RegExp(`host port ${String(taken)}/tcp is in use by another process`),
        );
      },
      { timeoutMs: 40_000 },
    );
    expect(await runsOf(host, pod)).toEqual(before);
    expect(await passing(host, pod)).toBe(1);
    await release();
    await eventually(
      async () => {
        const [now] = await host.containers(pod);
        expect(now?.state).toBe('running');
        expect(now?.id).not.toBe(before[0]?.id);
      },
      { timeoutMs: 60_000 },
    );
    await remove(pod);
  });
});

describe('a container that exits at once', () => {
  it('is started again with growing delays, and the status says how it ended', async () => {
    const pod = uniqueName('brief');
    const restart = { delay: '200ms', backoff: { factor: 3, maxDelay: '10m' }, attempts: 50 };
    await host.put(define({ ...sleepingPod(pod, image, { command: ['sh', '-c', 'exit 3'] }), restart }));
    const status = await eventually(
      async () => {
        const now = await host.status(pod);
        expect(now?.restarts).toBeGreaterThanOrEqual(4);
        expect(now?.phase).toBe('backoff');
        return now;
      },
      { timeoutMs: 60_000 },
    );
    expect(status?.message).toMatch(/app ended with exit code 3/);
    expect(status?.restarts).toBeLessThan(8);
    expect(status?.containers).toMatchObject([{ name: 'app', state: 'exited', exitCode: 3 }]);
    expect(await passing(host, pod)).toBe(0);
    await witness.expectUndisturbed();
    await host.put(define({ ...sleepingPod(pod, image), restart }));
    await host.untilRunning(pod);
    await untilPassing(host, pod);
    await remove(pod);
  });

  it('is given up when its restarts are used up; what failed is told, and an edit revives it at once', async () => {
    const pod = uniqueName('hopeless');
    const restart = { delay: '100ms', attempts: 2 };
    await host.put(define({ ...sleepingPod(pod, image, { command: ['sh', '-c', 'exit 4'] }), restart }));
    await untilRefused(pod, /exit code 4/);
    await host.untilGone(pod);
    await witness.expectUndisturbed();
    await host.put(define({ ...sleepingPod(pod, image), restart }));
    await host.untilRunning(pod);
    await eventually(async () => (await host.refusals(pod)).length === 0, { timeoutMs: 20_000 });
    await remove(pod);
  });

  it('that is a startup container keeps the others from starting', async () => {
    const pod = uniqueName('unready');
    await host.put(
      define({
        name: pod,
        restart: { delay: '200ms', attempts: 50 },
        containers: [
          { name: 'prepare', role: 'startup', image, command: ['sh', '-c', 'exit 5'] },
          { name: 'app', image, command: ['sleep', '1000'] },
        ],
      }),
    );
    await eventually(
      async () => {
        const now = await host.status(pod);
        expect(now?.restarts).toBeGreaterThanOrEqual(2);
        expect(now?.message).toMatch(/prepare.*exit code 5/);
      },
      { timeoutMs: 60_000 },
    );
    const names = (await host.containers(pod)).map(({ labels }) => labels['raftainer.container']);
    expect(names).not.toContain('app');
    await remove(pod);
  });
});

describe('a container that never becomes healthy', () => {
  it.each([
    ['by a command in it', { type: 'exec', command: ['false'] }],
    ['by a connection from outside', { type: 'tcp', port: 9 }],
  ])('is left running, never serves, and the status says why: judged %s', async (_how, check) => {
    const pod = uniqueName('sick');
    const healthCheck = { ...check, interval: '1s', timeout: '1s', threshold: 2 };
    const seen: number[] = [];
    await host.put(sleepingPod(pod, image, { healthCheck }));
    const status = await eventually(
      async () => {
        seen.push(await passing(host, pod));
        const now = await host.status(pod);
        expect(now?.phase).toBe('unhealthy');
        return now;
      },
      { timeoutMs: 60_000 },
    );
    expect(status?.message).toMatch(/app is unhealthy/);
    const before = await runsOf(host, pod);
    await sleep(3_000);
    seen.push(await passing(host, pod));
    expect(await runsOf(host, pod)).toEqual(before);
    expect(new Set(seen)).toEqual(new Set([0]));
    expect((await host.status(pod))?.restarts).toBe(0);
    await remove(pod);
  });
});

describe('a definition edited five times in one second', () => {
  it('ends with the last, in one container, with nothing left of the others', async () => {
    const pod = uniqueName('hasty');
    const version = (value: number): Definition =>
      sleepingPod(pod, image, { environment: { VERSION: String(value) } });
    await host.put(version(0));
    await host.untilRunning(pod);
    for (let value = 1; value <= 5; value += 1) {
      await host.put(version(value));
      await sleep(180);
    }
    await eventually(
      async () => {
        const containers = await host.containers(pod);
        expect(containers).toMatchObject([{ state: 'running' }]);
        const { stdout } = await host.docker.containers.exec(containers[0]?.id ?? '', {
          command: ['sh', '-c', 'echo $VERSION'],
        });
        expect(stdout.trim()).toBe('5');
      },
      { timeoutMs: 60_000 },
    );
    await untilPassing(host, pod);
    expect(await host.networks(pod)).toHaveLength(1);
    const services = (await host.consul.services.list()).filter(({ name }) => name === pod);
    expect(services).toHaveLength(1);
    await remove(pod);
  });

  it('does so from nothing as well, with bad ones in between', async () => {
    const pod = uniqueName('hectic');
    const last = sleepingPod(pod, image, { environment: { VERSION: 'last' } });
    for (const text of ['{', '[]', JSON.stringify(sleepingPod(pod, image)), 'null', JSON.stringify(last)]) {
      await host.putText(pod, text);
      await sleep(150);
    }
    await host.untilRunning(pod);
    await untilPassing(host, pod);
    const runs = await runsOf(host, pod);
    expect(runs).toHaveLength(1);
    const { stdout } = await host.docker.containers.exec(runs[0]?.id ?? '', {
      command: ['sh', '-c', 'echo $VERSION'],
    });
    expect(stdout.trim()).toBe('last');
    await remove(pod);
  });
});
