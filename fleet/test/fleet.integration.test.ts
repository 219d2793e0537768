import { existsSync } from 'node:fs';
import { basename } from 'node:path';

import { eventually, testImage } from '@raftainer/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { leaderSeenBy } from '../harness/consul-member.js';
import { Fleet } from '../harness/fleet.js';
import { sweepFleets } from '../harness/fleet-record.js';
import { fleetObstacle } from '../harness/obstacle.js';
import { tracesOf } from './traces.js';

import type { FleetHost } from '../harness/fleet-host.js';
import type { SlotReport } from '../recorder/report.js';

const obstacle = fleetObstacle();
const POD = 'sleeper';

function isStarted({ lives }: SlotReport): boolean {
  const last = lives.at(-1);
  return last?.startedMs !== undefined && last.toMs === undefined;
}

function definition(image: string): { readonly name: string; readonly [field: string]: unknown } {
  const command = ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 1 & wait $!; done'];
  return {
    name: POD,
    instances: 2,
    stopGracePeriod: '1s',
    restart: { attempts: 100, interval: '1h', delay: '100ms', backoff: { factor: 1, maxDelay: '100ms' } },
    containers: [{ name: 'app', image, command }],
  };
}

describe.skipIf(obstacle !== undefined)(`a fleet of three hosts (${obstacle ?? 'here it can be'})`, () => {
  /** Empty when the set-up failed: it has taken back what it made. */
  const made: Fleet[] = [];
  let fleet: Fleet;
  let holders: readonly FleetHost[];

  const slot = (index: number): SlotReport => {
    const report = fleet.recorder.slot(`${POD}/${index}`);
    if (report === undefined) throw new Error(`Nothing was recorded of ${POD}/${index}.`);
    return report;
  };

  beforeAll(async () => {
    fleet = await Fleet.create({ hosts: 3 });
    made.push(fleet);
    await fleet.apply(definition(await testImage()));
    holders = await fleet.untilRunning(POD, 2);
  });

  afterAll(async () => {
    for (const each of made) await each.close();
  });

  it('runs a pod, each slot once, and records the kernel and the engine agreeing on it', async () => {
    for (const [index, holder] of holders.entries()) {
      const { lives, overlapMs } = slot(index);
      expect(lives).toMatchObject([{ host: holder.name, name: 'app', role: 'main' }]);
      expect(lives[0]?.toMs).toBeUndefined();
      expect(lives[0]?.startedMs).toBeGreaterThan(lives[0]?.fromMs ?? Infinity);
      expect(overlapMs).toBe(0);
    }
    const kinds = fleet.recorder.observations.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'seen')).toHaveLength(2);
    expect(kinds.filter((kind) => kind === 'started')).toHaveLength(2);
    expect(await fleet.holder(POD, 0)).toBe(holders[0]);
  });

  it('records how long a container that was killed was away', async () => {
    const [holder] = holders;
    const [life] = slot(0).lives;
    const pid = (await holder!.docker.containers.inspect(life!.id)).pid;
    process.kill(pid!, 'SIGKILL');
    await fleet.recorder.until(`${POD}/0`, ({ lives }) => lives[1]?.startedMs !== undefined);
    const { gaps, downtimeMs, overlapMs } = slot(0);
    expect(gaps).toHaveLength(1);
    expect(downtimeMs).toBeGreaterThanOrEqual(100);
    expect(overlapMs).toBe(0);
    expect(slot(1).downtimeMs).toBe(0);
  });

  it('sees a container live on when its engine is killed, and end when nobody tells', async () => {
    const holder = fleet.host(holders[1]!.name);
    const life = slot(1).lives.at(-1)!;
    const pid = (await holder.docker.containers.inspect(life.id)).pid!;
    holder.agent.freeze();
    await holder.engine.kill();
    expect(slot(1).lives.at(-1)).toMatchObject({ id: life.id });
    expect(slot(1).lives.at(-1)?.toMs).toBeUndefined();
    process.kill(pid, 'SIGKILL');
    await eventually(() => slot(1).lives.at(-1)?.toMs !== undefined);
    holder.agent.thaw();
    // An engine without live restore ends what it finds running: afterwards every slot here has to come back.
    await holder.engine.start();
    for (const index of [0, 1]) await fleet.recorder.until(`${POD}/${index}`, isStarted);
  });

  it('does not count a frozen host as executing', async () => {
    const holder = await fleet.untilRunning(POD, 2).then((hosts) => hosts[0]!);
    const before = slot(0).downtimeMs;
    await holder.freeze();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(slot(0).lives.at(-1)?.toMs).toBeUndefined();
    expect(slot(0).downtimeMs - before).toBeGreaterThanOrEqual(250);
    holder.thaw();
  });

  it('loses power on a host: all of its lives end, and it boots with the data that it had', async () => {
    const [holder] = await fleet.untilRunning(POD, 2);
    const name = holder!.name;
    const images = await holder!.docker.images.inspect(await testImage());
    await holder!.powerOff();
    const report = fleet.recorder.report();
    const lives = report.slots.flatMap((each) => each.lives).filter(({ host }) => host === name);
    expect(lives.length).toBeGreaterThan(0);
    expect(fleet.recorder.alive().filter((life) => life.host === name)).toEqual([]);
    expect(holder!.machine.group.processes()).toEqual([]);
    expect(holder!.agent.running).toBe(false);
    await holder!.boot();
    await fleet.untilPresent([holder!]);
    expect(await holder!.docker.images.inspect(await testImage())).toEqual(images);
  });

  it('cuts a host off, and mends it', async () => {
    const host = fleet.host('host-1');
    expect(await leaderSeenBy(host.address)).toBeDefined();
    await host.cut();
    expect(await leaderSeenBy(host.address)).toBeUndefined();
    expect(host.agent.running && host.consul.running && host.engine.running).toBe(true);
    await host.docker.ping();
    await host.mend();
    await eventually(async () => (await leaderSeenBy(host.address)) !== undefined, { timeoutMs: 30_000 });
  });

  it('gets over the death of the Consul leader', async () => {
    const old = await fleet.servers.killLeader();
    const next = await fleet.servers.leader();
    expect(next.machine.name).not.toBe(old.machine.name);
    await fleet.servers.startAll();
    expect(fleet.servers.all.every(({ consul }) => consul.running)).toBe(true);
  });

  it('restarts an agent under a supervisor, and not without', async () => {
    const host = fleet.host('host-3');
    host.agent.supervise(true);
    const before = host.agent.pid;
    await host.agent.kill();
    await eventually(() => host.agent.running && host.agent.pid !== before);
    host.agent.supervise(false);
    await host.agent.kill();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(host.agent.running).toBe(false);
  });

  it('kills a guard, which its agent replaces, and the agent with as many guards as it is told', async () => {
    const host = fleet.host('host-2');
    const pids = (): readonly (number | undefined)[] => host.guards.map(({ pid }) => pid);
    await eventually(() => !pids().includes(undefined), { timeoutMs: 30_000 });
    const [first, second] = pids();
    expect(host.guards[0]?.kill()).toBe(true);
    await eventually(() => ![undefined, first].includes(pids()[0]), { timeoutMs: 30_000 });
    expect(pids()[1]).toBe(second);
    await host.killAgentAndGuards(1);
    expect(host.agent.running).toBe(false);
    await eventually(() => pids()[0] === undefined);
    expect(pids()[1]).toBe(second);
    await host.killAgentAndGuards(2);
    await eventually(() => pids()[1] === undefined);
    expect(host.guards[1]?.kill()).toBe(false);
  });

  it('leaves nothing behind', async () => {
    const id = basename(fleet.folder).replace('raftainer-fleet-', '');
    expect(await tracesOf(id)).not.toEqual([]);
    // A fleet with a living owner is nobody else's to sweep.
    expect(await sweepFleets()).not.toContain(id);
    await fleet.close();
    expect(await tracesOf(id)).toEqual([]);
    expect(existsSync(fleet.folder)).toBe(false);
  });
});

describe.skipIf(obstacle !== undefined)(
  'a fleet of one host, one Consul server, and the agent from its sources',
  () => {
    it('keeps containers through the death of an engine with live restore', async () => {
      const fleet = await Fleet.create({
        ...{ hosts: 1, servers: 1 },
        ...{ agent: { program: 'source' }, engine: { liveRestore: true } },
      });
      try {
        await fleet.apply({ ...definition(await testImage()), instances: 1 });
        const [host] = await fleet.untilRunning(POD);
        const [life] = (await fleet.recorder.until(`${POD}/0`, isStarted)).lives;
        await host!.engine.kill();
        await host!.engine.start();
        expect((await host!.docker.containers.inspect(life!.id)).state).toBe('running');
        expect(fleet.recorder.slot(`${POD}/0`)).toMatchObject({ lives: [life], downtimeMs: 0 });
      } finally {
        await fleet.close();
      }
    });
  },
);
