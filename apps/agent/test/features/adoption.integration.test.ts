import { platform } from 'node:os';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { LABELS, SERVICE_META } from '@raftainer/planner';
import { eventually, testImage, uniqueName } from '@raftainer/testing';

import { IDLE, sleeper, sleepingPod } from '../support/definitions.js';
import { TestHost } from '../support/test-host.js';
import { passing, runsOf, untilPassing } from '../support/witness.js';
import { AgentOnTerminal } from './support/agent-on-terminal.js';
import { keepSessions } from './support/keep-sessions.js';
import { removePod } from './support/remove-pod.js';

import type { ContainerRun } from '../support/witness.js';
import type { Claim } from '@raftainer/cluster';

// Stories of several acts, each with deadlines of its own.
vi.setConfig({ testTimeout: 180_000 });

const pod = uniqueName('kept');
let host: TestHost;
let image: string;
let runs: readonly ContainerRun[];
let claims: readonly Claim[];

beforeAll(async () => {
  image = await testImage();
  host = await TestHost.create();
  const healthCheck = { type: 'exec', command: ['true'], interval: '1s' };
  await host.put({
    name: pod,
    instances: 2,
    containers: [
      sleeper(image, { healthCheck, ports: [{ name: 'http', containerPort: 80, publish: 'internal' }] }),
      { name: 'first', image, role: 'startup', command: ['true'] },
    ],
  });
  await Promise.all([host.untilPhase(pod, ['healthy'], 0), host.untilPhase(pod, ['healthy'], 1)]);
  await untilPassing(host, `${pod}-http`, 2);
  [runs, claims] = await Promise.all([runsOf(host, pod), host.cluster.claims.list()]);
});

afterAll(async () => {
  await host.close();
});

/** Waits until the agent does new work, so that it has seen everything there was before. */
async function untilWorking(): Promise<void> {
  const name = uniqueName('probe');
  await host.put(sleepingPod(name, image));
  await host.untilRunning(name);
  await removePod(host, name);
}

/** Starts the agent again, before its session lapses. */
async function restart(): Promise<void> {
  await keepSessions(host, async () => {
    host.agent.start();
    await untilWorking();
  });
}

/** Nothing was restarted, and nothing left service. */
async function expectUntouched(): Promise<void> {
  expect(await runsOf(host, pod)).toEqual(runs);
  expect(await passing(host, `${pod}-http`)).toBe(2);
}

/** Nothing was given up and taken again. */
async function expectSameClaims(): Promise<void> {
  const now = (await host.cluster.claims.list()).filter((claim) => claim.pod === pod);
  expect(now).toEqual(claims);
}

describe('an agent that was killed', () => {
  it('finds everything as it was: same containers, same claims, same epochs, and in service throughout', async () => {
    expect(claims.map(({ epoch }) => epoch)).toEqual([1, 1]);
    await host.agent.end('SIGKILL');
    expect(await passing(host, pod)).toBe(2);
    await restart();
    await expectUntouched();
    await expectSameClaims();
    expect(host.agent.log.filter(({ resumed }) => resumed === true)).toHaveLength(1);
  });
});

describe('an agent that gets SIGTERM', () => {
  it('ends with exit code 0, leaves its pods in service, and takes them up again', async () => {
    expect(await host.agent.end('SIGTERM')).toBe(0);
    await expectUntouched();
    await restart();
    await expectUntouched();
    await expectSameClaims();
  });
});

describe('what is found at the start', () => {
  it('is removed when it is ours and nothing asks for it, and left alone when it is not', async () => {
    await host.agent.end('SIGTERM');
    const ours = await leaveBehind(host.name);
    const others = await leaveBehind(uniqueName('another-host'));
    const unlabelled = await host.docker.containers.create({ name: uniqueName('stranger'), image });
    try {
      host.agent.start();
      await eventually(
        async () => {
          expect(await remains(ours)).toEqual([]);
        },
        { timeoutMs: 90_000, intervalMs: 200 },
      );
      await untilWorking();
      expect(await remains(others)).toEqual(['container', 'network', 'service']);
      expect((await host.docker.containers.inspect(others.container)).state).toBe('running');
      await host.docker.containers.inspect(unlabelled);
      await expectUntouched();
    } finally {
      await host.docker.containers.remove(unlabelled, { force: true });
      await host.docker.containers.remove(others.container, { force: true });
      await host.docker.networks.remove(others.network);
    }
  });

  interface Remains {
    readonly container: string;
    readonly network: string;
    readonly service: string;
  }

  /** What an agent of that name would have left of a pod that is gone. */
  async function leaveBehind(owner: string): Promise<Remains> {
    const gone = uniqueName('gone');
    const labels = { [LABELS.host]: owner, [LABELS.pod]: gone, [LABELS.index]: '0' };
    const network = await host.docker.networks.create({ name: `raftainer-${gone}-0`, labels });
    const container = await host.docker.containers.create({
      ...{
        name: `raftainer-${gone}-0-app`,
        image,
        command: ['sh', '-c', IDLE],
        network: `raftainer-${gone}-0`,
      },
      labels: { ...labels, [LABELS.container]: 'app', [LABELS.role]: 'main', [LABELS.config]: 'old' },
    });
    await host.docker.containers.start(container);
    const service = `raftainer-${gone}-0`;
    const meta = { [SERVICE_META.host]: owner, [SERVICE_META.pod]: gone, [SERVICE_META.index]: '0' };
    await host.consul.services.register({ id: service, name: gone, meta });
    return { container, network, service };
  }

  async function remains({ container, network, service }: Remains): Promise<readonly string[]> {
    const containers = await host.docker.containers.list();
    const networks = await host.docker.networks.list();
    const services = await host.consul.services.list();
    return [
      ...containers.filter(({ id }) => id === container).map(() => 'container'),
      ...networks.filter(({ id }) => id === network).map(() => 'network'),
      ...services.filter(({ id }) => id === service).map(() => 'service'),
    ];
  }
});

describe.skipIf(platform() !== 'linux')('Ctrl-C on a terminal', () => {
  it('stops the pods, gives everything up and ends with exit code 0', async () => {
    await host.agent.end('SIGTERM');
    const terminal = new AgentOnTerminal(host);
    try {
      await eventually(
        () => {
          expect(terminal.output).toContain('This host is present in the cluster');
        },
        { timeoutMs: 90_000 },
      );
      await expectUntouched();
      terminal.interrupt();
      expect(await terminal.exited(), terminal.output).toBe(0);
    } finally {
      await terminal.close();
    }
    expect(await host.containers()).toEqual([]);
    expect(await host.networks()).toEqual([]);
    const services = await host.consul.services.list();
    expect(services.filter(({ meta }) => meta[SERVICE_META.host] === host.name)).toEqual([]);
    const left = (await host.cluster.claims.list()).filter(({ session }) => session !== undefined);
    expect(left).toEqual([]);
    expect(await host.cluster.statuses.list()).toEqual([]);
    expect(await host.consul.sessions.list()).toEqual([]);
    expect((await host.cluster.pods.get(pod))?.result.ok).toBe(true);
  });
});
