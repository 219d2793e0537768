import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { eventually, testImage, uniqueName } from '@raftainer/testing';

import { AgentProcess } from '../support/agent-process.js';
import { sleepingPod } from '../support/definitions.js';
import { TestHost } from '../support/test-host.js';
import { passing, runsOf, untilPassing } from '../support/witness.js';
import { keepSessions } from './support/keep-sessions.js';
import { removePod } from './support/remove-pod.js';

import type { ContainerRun } from '../support/witness.js';
import type { Claim } from '@raftainer/cluster';

// Stories of several acts, each with deadlines of its own.
vi.setConfig({ testTimeout: 180_000 });

const pod = uniqueName('only');
let host: TestHost;
let image: string;
let runs: readonly ContainerRun[];
let claim: Claim | undefined;

beforeAll(async () => {
  image = await testImage();
  host = await TestHost.create();
  await host.put(sleepingPod(pod, image));
  await host.untilRunning(pod);
  await untilPassing(host, pod);
  runs = await runsOf(host, pod);
  claim = await host.cluster.claims.get(pod, 0);
});

afterAll(async () => {
  await host.close();
});

/** The first agent still works, and what it runs was not touched. */
async function expectUndisturbed(): Promise<void> {
  const name = uniqueName('probe');
  await host.put(sleepingPod(name, image));
  await host.untilRunning(name);
  await removePod(host, name);
  expect(await runsOf(host, pod)).toEqual(runs);
  expect(await host.cluster.claims.get(pod, 0)).toEqual(claim);
  expect(await passing(host, pod)).toBe(1);
}

describe('a second agent', () => {
  it('is refused when it has the state directory of another', async () => {
    const second = new AgentProcess({
      HOSTNAME: uniqueName('second'),
      RAFTAINER_STATE_DIR: host.stateDir,
      RAFTAINER_CONSUL_HOST: '127.0.0.1',
      RAFTAINER_CONSUL_PORT: String(host.consulPort),
    });
    second.start();
    expect(await second.exited()).toBe(1);
    expect(second.output).toContain('AGENT_STATE_DIR_IN_USE');
    expect(second.output).toContain(host.stateDir);
    await expectUndisturbed();
  });

  it('is refused when it has the name of another, which goes on', async () => {
    const second = await TestHost.create({
      hostname: host.name,
      sharedConsul: { host: '127.0.0.1', port: host.consulPort },
    });
    try {
      await eventually(() => second.agent.output.includes('is held by another session'), {
        timeoutMs: 90_000,
      });
      // It looks, and makes no session of its own for tries that cannot succeed.
      const sessions = new Set<string>();
      const exit = second.agent.exited();
      while ((await Promise.race([exit, sleep(50, 'waiting')])) === 'waiting') {
        for (const { id } of await host.consul.sessions.list()) sessions.add(id);
      }
      expect(sessions.size).toBe(2);
      expect(sessions).toContain(claim?.session);
      expect(await exit).toBe(1);
      expect(second.agent.output).toContain('AGENT_HOSTNAME_TAKEN');
      expect(second.agent.log.filter(({ msg }) => msg === 'Working on a slot')).toEqual([]);
      await expectUndisturbed();
    } finally {
      await second.agent.end('SIGKILL');
      second.consul.close();
      second.docker.close();
    }
  });

  it('is refused with every mistake in its configuration, before anything is touched', async () => {
    const second = new AgentProcess({
      HOSTNAME: 'not a name',
      RAFTAINER_STATE_DIR: 'relative',
      RAFTAINER_CONSUL_PORT: '70000',
    });
    second.start();
    expect(await second.exited()).toBe(2);
    for (const name of ['HOSTNAME', 'RAFTAINER_STATE_DIR', 'RAFTAINER_CONSUL_PORT']) {
      expect(second.output).toContain(name);
    }
  });
});

describe('fast startup', () => {
  it('takes over at once from a run whose state is lost', async () => {
    // As after a reboot: neither agent nor guard nor state is left.
    await host.agent.end('SIGKILL');
    await host.endGuards();
    const heir = await TestHost.create({
      hostname: host.name,
      sharedConsul: { host: '127.0.0.1', port: host.consulPort },
      environment: { RAFTAINER_FAST_STARTUP: 'true' },
    });
    try {
      await keepSessions(host, async () => {
        await eventually(() => heir.agent.output.includes('This host is present in the cluster'), {
          timeoutMs: 90_000,
        });
      });
      const name = uniqueName('probe');
      await heir.put(sleepingPod(name, image));
      await heir.untilRunning(name);
      expect(await runsOf(host, pod)).toEqual(runs);
      expect(await host.cluster.claims.get(pod, 0)).toEqual(claim);
      expect(heir.agent.output).not.toContain('is held by another session');
    } finally {
      await heir.close();
    }
  });

  it('that takes over from one which still runs makes that one go, not the pods', async () => {
    const cluster = { host: '127.0.0.1', port: host.consulPort };
    const environment = { RAFTAINER_FAST_STARTUP: 'true' };
    const [old, heir] = [0, 1].map(() => ({ hostname: host.name, sharedConsul: cluster, environment }));
    const first = await TestHost.create(old);
    await eventually(() => first.agent.output.includes('This host is present'), { timeoutMs: 90_000 });
    // Not by its status: that may still be the one of the run before.
    const before = await eventually(async () => {
      const found = await runsOf(first, pod);
      if (found.length !== 1 || found[0]?.startedAt === undefined) throw new Error(JSON.stringify(found));
      return found;
    });
    const second = await TestHost.create(heir);
    try {
      expect(await first.agent.exited()).toBe(1);
      expect(first.agent.output).toContain('AGENT_HOSTNAME_TAKEN');
      expect(await runsOf(host, pod)).toEqual(before);
    } finally {
      await second.close();
      await first.close();
    }
  });
});
