import { cp } from 'node:fs/promises';
import { join } from 'node:path';

import { SERVICE_META } from '@raftainer/planner';
import { eventually, testImage, uniqueName } from '@raftainer/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { define, sleeper } from '../support/definitions.js';
import { LeaseGround } from '../support/lease-ground.js';
import { LEASE_DEFAULTS, TestHost } from '../support/test-host.js';
import { runsOf } from '../support/witness.js';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

const PATIENCE = { timeoutMs: 60_000, intervalMs: 100 };

describe('a host that gets another name', () => {
  const stateful = uniqueName('stateful');
  const names: TestHost[] = [];
  let ground: LeaseGround;
  let before: TestHost;
  let pods: readonly string[];

  beforeAll(async () => {
    ground = await LeaseGround.create();
    before = ground.host;
    pods = [...Object.values(ground.pods), stateful];
    const mounted = { volumes: [{ volume: 'data', mountPath: '/data' }] };
    const containers = [sleeper(await testImage(), mounted)];
    await before.put(define({ name: stateful, volumes: [{ name: 'data' }], containers }));
    await before.untilRunning(stateful);
  });

  afterAll(async () => {
    for (const host of names) await host.close();
    await ground.close();
  });

  /** The same machine, state directory and engine, called otherwise. */
  async function renamed(): Promise<TestHost> {
    const environment = { ...LEASE_DEFAULTS, RAFTAINER_STATE_DIR: before.stateDir };
    const host = await TestHost.create({ sharedConsul: ground.consul, environment });
    names.push(host);
    return host;
  }

  /** Other tests share the engine. */
  async function volumesOf({ docker }: TestHost): Promise<readonly string[]> {
    const names = (await docker.volumes.list()).map(({ name }) => name);
    return names.filter((name) => name.includes(stateful)).sort();
  }

  async function untilAllRunOn(host: TestHost): Promise<void> {
    await eventually(async () => {
      const found = await Promise.all(pods.map((pod) => host.containers(pod)));
      expect(found.map((each) => each.map(({ state }) => state))).toEqual(pods.map(() => ['running']));
    }, PATIENCE);
  }

  async function expectNothingOf(host: TestHost): Promise<void> {
    const { name } = host;
    expect(await host.containers()).toEqual([]);
    expect(await host.networks()).toEqual([]);
    const services = await before.consul.services.list();
    expect(services.filter(({ meta }) => meta[SERVICE_META.host] === name)).toEqual([]);
    const claims = await before.cluster.claims.list();
    expect(claims.filter(({ info }) => info?.host === name)).toEqual([]);
    expect(await before.cluster.hosts.get(name)).toBeUndefined();
    expect((await before.cluster.verdicts.list()).map(({ host }) => host)).not.toContain(name);
    const sessions = await before.consul.sessions.list();
    expect(sessions.filter((session) => session.name.includes(name))).toEqual([]);
  }

  it('leaves nothing behind, and its slots are free at once', async () => {
    const guards = ground.guardsAlive();
    const volumes = await volumesOf(before);
    expect(volumes).toHaveLength(1);
    await before.agent.end('SIGTERM');
    const now = await renamed();
    await untilAllRunOn(now);
    await expectNothingOf(before);
    // A lock delay is told by the time between the end of one copy and the beginning of the next.
    const cleared = now.agent.log.find(({ msg }) => String(msg).startsWith('Nothing is left of'));
    const claimed = Date.parse(String(cleared?.time));
    for (const pod of pods) {
      const [container] = await now.containers(pod);
      const { startedAt = 0 } = await now.docker.containers.inspect(container?.id ?? '');
      expect(startedAt).toBeGreaterThan(claimed);
      expect(startedAt - claimed).toBeLessThan(7_000);
    }
    expect(await volumesOf(now)).toEqual(volumes);
    await eventually(() => {
      const alive = ground.guardsAlive();
      expect(alive).toHaveLength(2);
      expect(alive.filter((pid) => guards.includes(pid))).toEqual([]);
    }, PATIENCE);
    await now.agent.end('SIGTERM');
  });

  it('stays drained under the new name', async () => {
    const drained = names[0];
    await before.cluster.drains.put(drained?.name ?? '', {
      since: new Date().toISOString(),
      reason: 'disks',
    });
    const now = await renamed();
    await eventually(async () => {
      expect((await now.cluster.hosts.get(now.name))?.session).toBeDefined();
    }, PATIENCE);
    const drains = (await now.cluster.drains.list()).map(({ host, info }) => [host, info?.reason]);
    expect(drains).toEqual([[now.name, 'disks']]);
    expect(await drained?.containers()).toEqual([]);
    await now.cluster.drains.remove(now.name);
    await untilAllRunOn(now);
    await now.agent.end('SIGTERM');
  });

  it('that is a copy beside an agent that lives touches nothing of it', async () => {
    const lives = await renamed();
    await untilAllRunOn(lives);
    const copy = await TestHost.create({
      sharedConsul: ground.consul,
      environment: LEASE_DEFAULTS,
      start: false,
    });
    names.push(copy);
    await cp(join(before.stateDir, 'session.json'), join(copy.stateDir, 'session.json'));
    const runs = await Promise.all(pods.map((pod) => runsOf(lives, pod)));
    copy.agent.start();
    await eventually(async () => {
      expect((await copy.cluster.hosts.get(copy.name))?.session).toBeDefined();
    }, PATIENCE);
    expect(copy.agent.output).toContain('AGENT_FORMER_NAME_LEFT');
    expect(await Promise.all(pods.map((pod) => runsOf(lives, pod)))).toEqual(runs);
    expect(lives.agent.running).toBe(true);
  });
});
