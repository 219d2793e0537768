import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import { eventually } from '@raftainer/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { identify } from '../src/guard/process-identity.js';
import { raftainer } from './support/cli-process.js';
import { LeaseGround } from './support/lease-ground.js';
import { agentOfVersion } from './support/other-version.js';
import { programOf } from './support/program.js';
import { runsOf } from './support/witness.js';

import type { OtherVersion } from './support/other-version.js';
import type { TestHost } from './support/test-host.js';

// Stories of several acts, each with deadlines of its own.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const PATIENCE = { timeoutMs: 60_000, intervalMs: 50 };
const OTHER = '99.1.0';
const GUARDS = 2;

// Only what is built can be copied, and be of another version.
describe.skipIf(process.env.RAFTAINER_TEST_BUILT === undefined)('two versions of the agent', () => {
  let other: OtherVersion;
  let ground: LeaseGround;
  let host: TestHost;
  let pods: LeaseGround['pods'];

  beforeAll(async () => {
    other = await agentOfVersion(OTHER);
    ground = await LeaseGround.create({
      environment: { RAFTAINER_CRASH_HOLD: '2s', RAFTAINER_HOLD: '40s' },
    });
    ({ host, pods } = ground);
  });

  afterAll(async () => {
    await ground.close();
    await other.remove();
  });

  /** Tells the agent to stop and starts one of another version. Resolves once its guards are there. */
  async function change(
    program: readonly string[],
    meanwhile: () => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    const before = ground.guardsAlive();
    expect(before).toHaveLength(GUARDS);
    await host.agent.end('SIGTERM');
    await meanwhile();
    host.agent.program = program;
    host.agent.start();
    await eventually(() => {
      const now = ground.guardsAlive();
      expect(now).toHaveLength(GUARDS);
      expect(now.filter((pid) => before.includes(pid))).toEqual([]);
      // A process that has only just been started knows nothing yet.
      const there = host.agent.log.filter(({ msg }) => msg === 'The guard is there');
      expect(now.filter((pid) => !there.some((line) => line.pid === pid))).toEqual([]);
    }, PATIENCE);
    await ground.untilAllRun();
  }

  /** What a guard of an early version leaves behind after it was sent away: no socket, no file, and no end. */
  async function leftover(): Promise<number> {
    const code = "process.title = 'raftainer-guard-1'; console.log(); setInterval(() => {}, 1_000);";
    const child = spawn(process.execPath, ['-e', code], {
      env: { ...process.env, RAFTAINER_STATE_DIR: host.stateDir },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(child.stdout, 'data');
    return child.pid ?? 0;
  }

  it('an upgrade leaves two guards, restarts nothing, and the claims of the new agent end like any', async () => {
    const runs = await runsOf(host, pods.exclusive);
    let zombie = 0;
    await change(other.program, async () => {
      zombie = await leftover();
    });
    expect(identify(zombie)).toBeUndefined();
    expect(host.agent.output).toContain('A guard of an earlier run could not be reached any more');
    expect(await runsOf(host, pods.exclusive)).toEqual(runs);

    const claim = await host.cluster.claims.get(pods.exclusive, 0);
    await host.agent.end('SIGKILL');
    await eventually(async () => {
      expect((await host.cluster.claims.get(pods.exclusive, 0))?.session).toBeUndefined();
      expect(await host.consul.sessions.info(claim?.session ?? '')).toBeUndefined();
    }, PATIENCE);
    expect(await ground.stateOf(pods.exclusive)).toBe('exited');
    await eventually(() => {
      expect(ground.guardsAlive()).toEqual([]);
    }, PATIENCE);
  });

  it('what was asked for before a downgrade, or an upgrade, is kept by the guards of the next version', async () => {
    host.agent.start();
    await ground.untilAllRun();
    const runs = await runsOf(host, pods.exclusive);
    const { code } = await raftainer(host, ['agent', 'hold', '5m', '--state-dir', host.stateDir]);
    expect(code).toBe(0);
    await change(programOf('agent'));
    await change(other.program);
    await host.agent.end('SIGKILL');
    // Longer than a crash is forgiven, and a lease lasts.
    await sleep(9_000);
    expect(await runsOf(host, pods.exclusive)).toEqual(runs);
    expect(await ground.stateOf(pods.exclusive)).toBe('running');
    expect(ground.guardsAlive()).toHaveLength(GUARDS);
  });
});
