import { cp, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { LABELS } from '@raftainer/planner';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { fleetObstacle } from '../harness/obstacle.js';
import { agentDaemon } from '../harness/raftainer-agent.js';
import { EXCLUSIVE, SHARED } from '../proof/pods.js';
import { Stage } from '../proof/stage.js';

import type { Daemon } from '../harness/daemon.js';
import type { FleetHost } from '../harness/fleet-host.js';

const obstacle = fleetObstacle();
const LONG_TERMS = {
  RAFTAINER_LOCK_DELAY: '30s',
  RAFTAINER_FENCE_AFTER: '22s',
  RAFTAINER_FENCE_STOP_TIMEOUT: '8s',
};

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

describe.skipIf(obstacle !== undefined)(`who a host is (${obstacle ?? 'three hosts'})`, () => {
  const made: Stage[] = [];
  let stage: Stage;
  let victim: FleetHost;
  let second: Daemon | undefined;

  beforeAll(async () => {
    stage = await Stage.create();
    made.push(stage);
  });

  beforeEach(async () => {
    await stage.begin();
    victim = stage.busiest();
    second = undefined;
  });

  afterEach(async () => {
    await second?.end();
    await victim.mend();
    victim.agent.start();
  });

  afterAll(async () => {
    for (const each of made) await each.close();
  });

  /** An agent on the machine of a host, with other variables than that host's own. */
  function agentOn(host: FleetHost, environment: Readonly<Record<string, string>>): Daemon {
    const place = { machine: host.machine, dockerHost: host.engine.host };
    second = agentDaemon(place, { environment });
    return second;
  }

  it('is not taken over by a copy of its state directory on another machine', async () => {
    const other = stage.fleet.hosts.find((host) => host !== victim);
    if (other === undefined) throw new Error('The fleet has one host.');
    const pid = victim.agent.pid;
    const copied = join(other.machine.folder, 'copied-state');
    await mkdir(copied);
    await cp(join(victim.stateFolder, 'session.json'), join(copied, 'session.json'));
    const copy = agentOn(other, { HOSTNAME: victim.name, RAFTAINER_STATE_DIR: copied });
    copy.start();
    await copy.exited();
    const log = await readFile(copy.logFile, 'utf8');
    expect(log).toContain('AGENT_SESSIONS_NOT_OURS');
    expect(log).toContain('AGENT_HOSTNAME_TAKEN');
    expect(victim.agent.pid).toBe(pid);
    expect(await stage.end()).toEqual([]);
    expect(stage.begun()).toEqual([]);
  });

  it('keeps the promises of its session when longer terms are configured: never two copies', async () => {
    const { fleet } = stage;
    const exclusive = stage.slotsOn(victim, EXCLUSIVE);
    await victim.agent.end();
    agentOn(victim, LONG_TERMS).start();
    await vi.waitFor(
      async () => {
        const record = (await fleet.cluster.hosts.get(victim.name))?.record;
        expect(record?.terms).toMatchObject({ lockDelayMs: 7_000, configuredLockDelayMs: 30_000 });
        const { fenceAfterMs = 0, stopTimeoutMs = 0 } = record?.terms ?? {};
        expect(fenceAfterMs + stopTimeoutMs).toBeLessThanOrEqual(7_000);
      },
      { timeout: 30_000, interval: 100 },
    );
    expect(stage.begun()).toEqual([]);
    await victim.cut();
    await stage.untilElsewhere(exclusive, victim);
    await victim.mend();
    expect(await stage.end()).toEqual([]);
  });

  it('leaves nothing behind under a name that it does not have any more: never two copies', async () => {
    const { fleet } = stage;
    const carrying = { labels: { [LABELS.host]: victim.name } };
    const slots = [EXCLUSIVE, SHARED].flatMap((pod) => stage.slotsOn(victim, pod));
    expect(slots.length).toBeGreaterThan(1);
    await victim.agent.end();
    agentOn(victim, { HOSTNAME: 'renamed' }).start();
    await vi.waitFor(
      async () => {
        expect(await victim.docker.containers.list(carrying)).toEqual([]);
        expect(await victim.docker.networks.list(carrying)).toEqual([]);
        const hosts = await fleet.cluster.hosts.list();
        expect(hosts.map(({ host }) => host)).not.toContain(victim.name);
        const free = (await fleet.cluster.claims.list()).filter(({ session }) => session === undefined);
        expect(free).toEqual([]);
      },
      { timeout: 30_000, interval: 100 },
    );
    // And back: everything runs as it should, and nothing of the other name is left anywhere.
    await second?.end();
    second = undefined;
    victim.agent.start();
    expect(await stage.end()).toEqual([]);
  });
});
