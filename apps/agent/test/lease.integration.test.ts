import { setTimeout as sleep } from 'node:timers/promises';

import { eventually } from '@raftainer/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { identify } from '../src/guard/process-identity.js';
import { DEFAULT_LEASE_TERMS } from '../src/lease/lease-terms.js';
import { LeaseGround } from './support/lease-ground.js';
import { createPrivateEngine, privateEngineObstacle } from './support/private-engine.js';
import { runsOf } from './support/witness.js';

import type { TestHost, TestHostOptions } from './support/test-host.js';
import type { PrivateEngine } from './support/private-engine.js';

// Stories of several acts, each with deadlines of its own.
vi.setConfig({ testTimeout: 240_000 });

const PATIENCE = { timeoutMs: 60_000, intervalMs: 100 };
/**
 * Nobody else may start before the check has lapsed, at least two seconds after a kill, and the lock delay has passed.
 * One of these seconds is for a busy machine to see it.
 */
const FENCED_WITHIN_MS = DEFAULT_LEASE_TERMS.lockDelayMs + 1_000;

/** Without a hold for crashes: what is tried here is the lease itself, which is all that is left when guards cannot renew. */
const NO_HOLD = { RAFTAINER_CRASH_HOLD: '0s' };

let ground: LeaseGround;
let host: TestHost;
let pods: LeaseGround['pods'];

async function begin(options: TestHostOptions = {}): Promise<void> {
  const environment = { ...NO_HOLD, ...options.environment };
  ground = await LeaseGround.create({ ...options, environment });
  ({ host, pods } = ground);
}

async function untilAllRun(): Promise<void> {
  await ground.untilAllRun();
}

async function end(): Promise<void> {
  await ground.close();
}

async function guardPid(): Promise<number> {
  return (await host.guardPids())[0] ?? 0;
}

async function guardLogs(): Promise<readonly string[]> {
  return ground.guardLogs();
}

async function stateOf(pod: string): Promise<string | undefined> {
  return ground.stateOf(pod);
}

/** Waits until the exclusive pod has stopped; fails when the others have as well. Resolves with the time it took. */
async function untilFenced(since: number): Promise<number> {
  await eventually(async () => {
    expect(await stateOf(pods.exclusive)).toBe('exited');
  }, PATIENCE);
  const [container] = await host.containers(pods.exclusive);
  const { finishedAt } = await host.docker.containers.inspect(container?.id ?? '');
  expect([await stateOf(pods.shared), await stateOf(pods.kept)]).toEqual(['running', 'running']);
  return (finishedAt ?? Infinity) - since;
}

describe('the claims of a host', () => {
  beforeAll(async () => begin());
  beforeEach(async () => {
    if (!host.agent.running) host.agent.start();
    await untilAllRun();
  });
  afterAll(end);

  it('end with a killed agent: the guards stop what must not run twice, in time, and nothing else', async () => {
    const before = await runsOf(host, pods.shared);
    const since = Date.now();
    await host.agent.end('SIGKILL');
    expect(await untilFenced(since)).toBeLessThan(FENCED_WITHIN_MS);
    expect(await runsOf(host, pods.shared)).toEqual(before);
    for (const log of await guardLogs()) expect(log).toContain('The claim of a container cannot be proven');
    // Nobody is sent any more to what was stopped.
    await eventually(async () => {
      const services = (await host.consul.services.list()).map(({ name }) => name);
      expect(services).not.toContain(pods.exclusive);
      expect(services).toContain(pods.shared);
    }, PATIENCE);
    host.agent.start();
    await eventually(async () => {
      expect(await stateOf(pods.exclusive)).toBe('running');
    }, PATIENCE);
    expect(await runsOf(host, pods.shared)).toEqual(before);
  });

  it('end with a frozen agent, which starts nothing of its old plans once it is thawed', async () => {
    const claim = await host.cluster.claims.get(pods.exclusive, 0);
    const since = Date.now();
    process.kill(host.agent.pid ?? 0, 'SIGSTOP');
    try {
      expect(await untilFenced(since)).toBeLessThan(FENCED_WITHIN_MS);
    } finally {
      process.kill(host.agent.pid ?? 0, 'SIGCONT');
    }
    await eventually(async () => {
      expect(await stateOf(pods.exclusive)).toBe('running');
    }, PATIENCE);
    const now = await host.cluster.claims.get(pods.exclusive, 0);
    expect(now?.epoch).toBeGreaterThan(claim?.epoch ?? Infinity);
    expect(await host.containers(pods.exclusive)).toHaveLength(1);
  });

  it('end when Consul is gone, and are taken up again when it is back', async () => {
    const since = Date.now();
    await ground.consul.restart({
      signal: 'SIGKILL',
      whileDown: async () => {
        expect(await untilFenced(since)).toBeLessThan(FENCED_WITHIN_MS);
      },
    });
    await host.untilRunning(pods.exclusive);
    await eventually(async () => {
      expect(await stateOf(pods.exclusive)).toBe('running');
    }, PATIENCE);
    expect(host.agent.running).toBe(true);
  });

  it('do not end with a guard: another is started, and guards as well', async () => {
    const before = await runsOf(host, pods.exclusive);
    const first = await guardPid();
    process.kill(first, 'SIGKILL');
    await eventually(async () => {
      expect(await guardPid()).not.toBe(first);
    }, PATIENCE);
    await sleep(DEFAULT_LEASE_TERMS.lockDelayMs);
    expect(await runsOf(host, pods.exclusive)).toEqual(before);
    // The other one has seen nothing of this; without it, the new one is alone.
    process.kill((await host.guardPids())[1] ?? 0, 'SIGKILL');
    const since = Date.now();
    await host.agent.end('SIGKILL');
    expect(await untilFenced(since)).toBeLessThan(FENCED_WITHIN_MS);
  });

  it('do not end with a guard that hangs: it is replaced', async () => {
    const first = await guardPid();
    process.kill(first, 'SIGSTOP');
    await eventually(async () => {
      expect(await guardPid()).not.toBe(first);
    }, PATIENCE);
    expect(await stateOf(pods.exclusive)).toBe('running');
  });
});

const obstacle = await privateEngineObstacle();

describe.skipIf(obstacle !== undefined)('an engine that does not answer', () => {
  let engine: PrivateEngine;

  // For each try: what was frozen by one that failed is of no use to the next.
  beforeEach(async () => {
    engine = await createPrivateEngine();
    await begin({ dockerHost: engine.host });
  });

  afterEach(async () => {
    engine.thaw();
    await end();
    await engine.remove();
  });

  it('keeps nothing alive: the processes themselves are killed in time', async () => {
    const [container] = await host.containers(pods.exclusive);
    const { pid = 0 } = await host.docker.containers.inspect(container?.id ?? '');
    expect(identify(pid)).toBeDefined();
    engine.freeze();
    const since = Date.now();
    await host.agent.end('SIGKILL');
    await eventually(async () => {
      expect(identify(pid), (await guardLogs()).join('\n')).toBeUndefined();
    }, PATIENCE);
    expect(Date.now() - since).toBeLessThan(FENCED_WITHIN_MS);
  });
});
