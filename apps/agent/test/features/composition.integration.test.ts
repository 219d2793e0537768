import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { eventually, exampleImage, testImage, uniqueName } from '@raftainer/testing';

import { sleeper } from '../support/definitions.js';
import { TestHost } from '../support/test-host.js';
import { portEcho } from './support/servers.js';
import { sh, slotContainer } from './support/slot-container.js';

import type { ContainerDetails } from '@raftainer/docker';

// Stories of several acts, each with deadlines of its own.
vi.setConfig({ testTimeout: 180_000 });

let host: TestHost;
let image: string;
let node: string;

beforeAll(async () => {
  [image, node] = await Promise.all([testImage(), exampleImage()]);
  host = await TestHost.create();
});

afterAll(async () => {
  await host.close();
});

async function details(pod: string, container: string): Promise<ContainerDetails> {
  return host.docker.containers.inspect((await slotContainer(host, pod, { container })).id);
}

function once(name: string, script: string, changes: object = {}): object {
  return { name, image, role: 'startup', command: ['sh', '-c', script], ...changes };
}

describe('startup containers', () => {
  const pod = uniqueName('startup');
  const volumes = [{ volume: 'data', mountPath: '/data' }];

  it('run one after the other, each to its end, before the others start', async () => {
    await host.put({
      name: pod,
      volumes: [{ name: 'data' }],
      containers: [
        sleeper(image, { volumes }),
        once('first', 'sleep 1; echo first >> /data/log', { volumes }),
        once('second', 'cat /data/log && echo second >> /data/log', { volumes }),
      ],
    });
    await host.untilRunning(pod);
    const { id } = await slotContainer(host, pod);
    expect(await sh(host, id, 'cat /data/log')).toBe('first\nsecond');
    const [first, second, app] = await Promise.all(
      ['first', 'second', 'app'].map((name) => details(pod, name)),
    );
    expect([first?.exitCode, second?.exitCode]).toEqual([0, 0]);
    expect(first?.finishedAt ?? Infinity).toBeLessThanOrEqual(second?.startedAt ?? 0);
    expect(second?.finishedAt ?? Infinity).toBeLessThanOrEqual(app?.startedAt ?? 0);
  });

  it('do not run again when only another container was changed', async () => {
    const before = await details(pod, 'first');
    const app = await details(pod, 'app');
    await host.put({
      name: pod,
      volumes: [{ name: 'data' }],
      containers: [
        sleeper(image, { volumes, environment: { COLOUR: 'blue' } }),
        once('first', 'sleep 1; echo first >> /data/log', { volumes }),
        once('second', 'cat /data/log && echo second >> /data/log', { volumes }),
      ],
    });
    await eventually(
      async () => {
        const now = await details(pod, 'app');
        expect(now.id).not.toBe(app.id);
        expect(now.state).toBe('running');
        expect(await sh(host, now.id, 'cat /data/log')).toBe('first\nsecond');
      },
      { timeoutMs: 90_000 },
    );
    expect((await details(pod, 'first')).startedAt).toBe(before.startedAt);
  });
});

describe('a startup container that fails', () => {
  const pod = uniqueName('broken');

  it('keeps the others from starting, and is tried again later and later', async () => {
    await host.put({
      name: pod,
      restart: { delay: '200ms', backoff: { factor: 2, maxDelay: '10m' } },
      containers: [sleeper(image), once('prepare', 'exit 3')],
    });
    const status = await eventually(
      async () => {
        const known = await host.untilPhase(pod, ['backoff']);
        if (known.restarts < 3) throw new Error(`only ${String(known.restarts)} failures so far`);
        return known;
      },
      { timeoutMs: 90_000 },
    );
    expect(status.message).toMatch(/prepare .*exit code 3/);
    expect((await host.containers(pod)).map(({ labels }) => labels['raftainer.container'])).not.toContain(
      'app',
    );
    const healthy = await host.consul.services.health(pod, { passing: true });
    expect(healthy).toEqual([]);
  });

  it('is tried again at once when the definition is edited', async () => {
    // The next try of the broken definition is far away by now; only a fresh start can be quick.
    await eventually(async () => ((await host.status(pod))?.restarts ?? 0) >= 5, { timeoutMs: 90_000 });
    await host.put({
      name: pod,
      restart: { delay: '10m', backoff: { maxDelay: '10m' } },
      containers: [sleeper(image), once('prepare', 'exit 0')],
    });
    const status = await host.untilRunning(pod);
    expect(status).toMatchObject({ phase: 'running', restarts: 0 });
    await slotContainer(host, pod);
  });
});

describe('dependencies', () => {
  it('are started, healthy or completed before the container that needs them starts', async () => {
    const pod = uniqueName('needs');
    const isReady = {
      type: 'exec',
      command: ['test', '-f', '/tmp/ready'],
      interval: '500ms',
      startPeriod: '1m',
    };
    const becomesReady = 'sleep 2; touch /tmp/ready; trap "exit 0" TERM; while :; do sleep 1 & wait $!; done';
    await host.put({
      name: pod,
      containers: [
        sleeper(image, {
          dependsOn: [
            { container: 'healthy', condition: 'healthy' },
            { container: 'completed', condition: 'completed' },
            'plain',
          ],
        }),
        sleeper(image, { name: 'plain' }),
        { name: 'healthy', image, command: ['sh', '-c', becomesReady], healthCheck: isReady },
        once('completed', 'sleep 1'),
        sleeper(image, { name: 'helper', role: 'sidecar' }),
      ],
    });
    await host.untilPhase(pod, ['healthy']);
    const names = ['app', 'healthy', 'completed', 'plain', 'helper'];
    const [app, healthy, completed, plain, helper] = await Promise.all(
      names.map((name) => details(pod, name)),
    );
    const startedAt = app?.startedAt ?? 0;
    expect(startedAt - (healthy?.startedAt ?? Infinity)).toBeGreaterThan(2_000);
    expect(startedAt).toBeGreaterThanOrEqual(completed?.finishedAt ?? Infinity);
    expect(startedAt).toBeGreaterThanOrEqual(plain?.startedAt ?? Infinity);
    expect(helper?.state).toBe('running');
  });
});

describe('the network of a slot', () => {
  const pod = uniqueName('talk');
  const other = uniqueName('other');

  it('lets containers find each other by name, and lets nobody else in', async () => {
    await Promise.all([
      host.put({ name: pod, containers: [portEcho(node, [9000], { name: 'backend' }), idleNode()] }),
      host.put({ name: other, containers: [idleNode()] }),
    ]);
    await Promise.all([host.untilRunning(pod), host.untilRunning(other)]);
    const [app, backend, stranger] = await Promise.all([
      slotContainer(host, pod),
      slotContainer(host, pod, { container: 'backend' }),
      slotContainer(host, other),
    ]);
    await eventually(async () => {
      expect(await requestFrom(app.id, 'backend')).toBe('9000');
    });
    const address = backend.networks.find(({ name }) => name === `raftainer-${pod}-0`)?.ipAddress ?? '';
    expect(address).not.toBe('');
    expect(await requestFrom(app.id, address)).toBe('9000');
    expect(await requestFrom(stranger.id, 'backend')).toMatch(/^failed/);
    expect(await requestFrom(stranger.id, address)).toMatch(/^failed/);
    expect(backend.networks).toHaveLength(1);
  });

  function idleNode(): object {
    return { ...sleeper(image), image: node };
  }

  async function requestFrom(id: string, target: string): Promise<string> {
    // It ends itself: the resolver goes on asking for a name that nobody knows, long after the request was given up.
    const script = `fetch('http://${target}:9000/', { signal: AbortSignal.timeout(3000) }).then((r) => r.text()).catch((e) => 'failed ' + e.message).then((text) => process.stdout.write(text, () => process.exit()))`;
    const { stdout } = await host.docker.containers.exec(id, { command: ['node', '-e', script] });
    return stdout.trim();
  }
});
