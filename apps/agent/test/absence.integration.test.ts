import { setTimeout as sleep } from 'node:timers/promises';

import { eventually } from '@raftainer/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { DEFAULT_LEASE_TERMS } from '../src/lease/lease-terms.js';
import { raftainer } from './support/cli-process.js';
import { LeaseGround } from './support/lease-ground.js';
import { runsOf } from './support/witness.js';

import type { Claim } from '@raftainer/cluster';
import type { TestHost } from './support/test-host.js';

// Stories of several acts, each with deadlines of its own.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const PATIENCE = { timeoutMs: 60_000, intervalMs: 50 };
/** Longer than a check lives and a lease lasts without a beat. */
const AWAY_MS = 9_000;

let ground: LeaseGround;
let host: TestHost;
let pods: LeaseGround['pods'];

async function begin(environment: Readonly<Record<string, string>>): Promise<void> {
  ground = await LeaseGround.create({ environment });
  ({ host, pods } = ground);
}

async function claimOf(pod: string): Promise<Claim | undefined> {
  return host.cluster.claims.get(pod, 0);
}

async function untilWellAgain(): Promise<void> {
  if (!host.agent.running) host.agent.start();
  await ground.untilAllRun();
  await eventually(async () => {
    for (const pod of Object.values(pods)) expect((await claimOf(pod))?.session).toBeDefined();
  }, PATIENCE);
}

/** What nobody came back for: stopped first, then free for everybody, with nothing to wait for. */
async function expectGivenUp(before: Claim | undefined): Promise<void> {
  await eventually(async () => {
    expect((await claimOf(pods.exclusive))?.session).toBeUndefined();
  }, PATIENCE);
  expect(await ground.stateOf(pods.exclusive)).toBe('exited');
  expect((await claimOf(pods.exclusive))?.info).toBeUndefined();
  // What runs on has its claim freed all the same, as after every loss of an agent.
  expect([await ground.stateOf(pods.shared), await ground.stateOf(pods.kept)]).toEqual([
    'running',
    'running',
  ]);
  const session = await host.consul.sessions.create({ name: 'another host', ttlMs: 10_000, lockDelayMs: 0 });
  const info = { host: 'another', revision: '-', since: new Date().toISOString() };
  const slot = { pod: pods.exclusive, index: 0, session };
  expect(await host.cluster.claims.acquire(slot, info)).toBe(true);
  await host.cluster.claims.release(slot);
  await host.consul.sessions.destroy(session);
  await eventually(async () => {
    expect(await host.consul.sessions.info(before?.session ?? '')).toBeUndefined();
    expect((await claimOf(pods.shared))?.info).toBeUndefined();
  }, PATIENCE);
  const services = (await host.consul.services.list()).map(({ name }) => name);
  expect(services, (await ground.guardLogs()).join('\n')).not.toContain(pods.exclusive);
  expect(services).toContain(pods.shared);
}

describe('an agent that is away for longer than was agreed', () => {
  beforeAll(async () => begin({ RAFTAINER_CRASH_HOLD: '2s', RAFTAINER_HOLD: '4s' }));
  beforeEach(untilWellAgain);
  afterAll(async () => ground.close());

  it('killed: what must not run twice is stopped, and free for others at once', async () => {
    const before = await claimOf(pods.exclusive);
    const since = performance.now();
    await host.agent.end('SIGKILL');
    await expectGivenUp(before);
    // Neither a check had to lapse nor a lock delay to pass.
    expect(performance.now() - since).toBeLessThan(DEFAULT_LEASE_TERMS.lockDelayMs);
    for (const log of await ground.guardLogs()) expect(log).not.toContain('cannot be proven');
    // Whatever the guards did for it has an end.
    await eventually(() => {
      expect(ground.guardsAlive()).toEqual([]);
    }, PATIENCE);
  });

  it('frozen: the same, and thawed it starts nothing of its old plans', async () => {
    const before = await claimOf(pods.exclusive);
    process.kill(host.agent.pid ?? 0, 'SIGSTOP');
    try {
      await expectGivenUp(before);
    } finally {
      process.kill(host.agent.pid ?? 0, 'SIGCONT');
    }
    await untilWellAgain();
    expect((await claimOf(pods.exclusive))?.epoch).toBeGreaterThan(before?.epoch ?? Infinity);
    expect(await host.containers(pods.exclusive)).toHaveLength(1);
  });

  it('told to stop: the same after the time for that', async () => {
    const before = await claimOf(pods.exclusive);
    const since = performance.now();
    await host.agent.end('SIGTERM');
    await expectGivenUp(before);
    expect(performance.now() - since).toBeGreaterThan(4_000);
  });
});

describe('an agent that is back in time', () => {
  beforeAll(async () => begin({ RAFTAINER_CRASH_HOLD: '40s', RAFTAINER_HOLD: '40s' }));
  beforeEach(untilWellAgain);
  afterAll(async () => ground.close());

  async function expectUndisturbedBy(fault: () => Promise<void>): Promise<void> {
    const runs = await Promise.all(Object.values(pods).map((pod) => runsOf(host, pod)));
    const claims = await Promise.all(Object.values(pods).map(claimOf));
    await fault();
    await untilWellAgain();
    await sleep(DEFAULT_LEASE_TERMS.lockDelayMs);
    expect(await Promise.all(Object.values(pods).map((pod) => runsOf(host, pod)))).toEqual(runs);
    expect(await Promise.all(Object.values(pods).map(claimOf))).toEqual(claims);
  }

  it.each(['SIGKILL', 'SIGTERM'] as const)('after %s finds everything as it was', async (signal) => {
    await expectUndisturbedBy(async () => {
      await host.agent.end(signal);
      await sleep(AWAY_MS);
    });
  });

  it('after it was frozen finds everything as it was', async () => {
    await expectUndisturbedBy(async () => {
      const pid = host.agent.pid ?? 0;
      process.kill(pid, 'SIGSTOP');
      await sleep(AWAY_MS);
      process.kill(pid, 'SIGCONT');
    });
  });
});

describe('a hold that somebody asked for', () => {
  beforeAll(async () => begin({ RAFTAINER_CRASH_HOLD: '1s', RAFTAINER_HOLD: '1s' }));
  afterAll(async () => ground.close());

  it('is not shortened by the stop that it was asked for', async () => {
    const runs = await runsOf(host, pods.exclusive);
    const claim = await claimOf(pods.exclusive);
    const { code } = await raftainer(host, ['agent', 'hold', '5m', '--state-dir', host.stateDir]);
    expect(code).toBe(0);
    await host.agent.end('SIGTERM');
    await sleep(AWAY_MS);
    expect(await runsOf(host, pods.exclusive)).toEqual(runs);
    expect(await claimOf(pods.exclusive)).toEqual(claim);
    host.agent.start();
    await ground.untilAllRun();
    // Nor by the agent that came: it may go once more.
    await eventually(() => {
      expect(host.agent.log.some(({ resumed }) => resumed === true)).toBe(true);
    }, PATIENCE);
    await host.agent.end('SIGKILL');
    await sleep(AWAY_MS);
    expect(await claimOf(pods.exclusive)).toEqual(claim);
    expect(await runsOf(host, pods.exclusive)).toEqual(runs);
  });
});
