import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { createDocker } from '@raftainer/docker';
import { eventually, startConsul, testImage, uniqueName } from '@raftainer/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { EngineCalls } from '../src/guard/engine-calls.js';
import { Fencer } from '../src/guard/fencer.js';
import { Freezer } from '../src/guard/freezer.js';
import { httpCall } from '../src/guard/http-call.js';
import { monotonicNow } from '../src/lease/monotonic.js';
import { sleepingPod } from './support/definitions.js';
import { startFaultProxy } from './support/fault-proxy.js';
import { TestHost } from './support/test-host.js';
import { runsOf } from './support/witness.js';

import type { Docker } from '@raftainer/docker';
import type { FenceEvent } from '../src/guard/fence-deeds.js';

const SESSION = 's1';
const STOP_TIMEOUT_MS = 3_000;
/** Deaf to everything but SIGKILL; writes how far it has come, as fast as it can. */
const COUNT = 'trap "" TERM; i=0; while :; do i=$((i+1)); echo $i >> /out/count; done';

const obstacle = Freezer.obstacle();

describe.skipIf(obstacle !== undefined)(
  `freezing (${obstacle ?? 'possible here'})`,
  { timeout: 60_000 },
  () => {
    let docker: Docker;
    let folder: string;

    beforeAll(async () => {
      docker = createDocker();
      folder = await mkdtemp(join(tmpdir(), 'raftainer-freezing-'));
    });

    afterAll(async () => {
      await rm(folder, { recursive: true });
    });

    interface Counter {
      readonly id: string;
      /** How far it has come. */
      readonly count: () => string;
    }

    async function counter(): Promise<Counter> {
      const name = uniqueName('freezing');
      const out = join(folder, name);
      mkdirSync(out);
      const id = await docker.containers.create({
        ...{ name, image: await testImage(), command: ['sh', '-c', COUNT] },
        mounts: [{ type: 'bind', source: out, target: '/out' }],
      });
      onTestFinished(() => docker.containers.remove(id, { force: true }));
      await docker.containers.start(id);
      const count = (): string => readFileSync(join(out, 'count'), 'utf8').slice(-20);
      await eventually(() => count() !== '');
      return { id, count };
    }

    /** One of those who fence, with a proof for so long. */
    function fencing(id: string, events: string[], leaseMs: number): Fencer {
      const fencer = new Fencer({
        engine: new EngineCalls(process.env),
        ...{ labels: { 'raftainer.test': id }, graceLabel: 'none' },
        ...{ stopTimeoutMs: STOP_TIMEOUT_MS, freeze: true, fenceAt: Infinity },
        onFence: ({ action }: FenceEvent) => events.push(action),
      });
      onTestFinished(() => {
        fencer.close();
      });
      prove(fencer, leaseMs);
      fencer.apply({ kind: 'containers', session: SESSION, claimed: [id], unclaimed: [] });
      return fencer;
    }

    function prove(fencer: Fencer, leaseMs: number): void {
      const sentAt = monotonicNow();
      fencer.apply({ kind: 'renew', session: SESSION, sentAt, fenceAt: sentAt + leaseMs });
    }

    /** How far it had come when it stood still. */
    async function untilStill({ count }: Counter, events: readonly string[]): Promise<string> {
      await eventually(() => events.includes('freezing'));
      const still = count();
      await sleep(200);
      expect(count()).toBe(still);
      return still;
    }

    async function stateOf(id: string): Promise<string> {
      return (await docker.containers.inspect(id)).state;
    }

    async function callEngine(path: string): Promise<void> {
      const socketPath = (process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock').slice('unix://'.length);
      const target = { options: { socketPath }, secure: false };
      const { status } = await httpCall(target, { method: 'POST', path, timeoutMs: 10_000 });
      expect(status).toBe(204);
    }

    it('stands still when its claim cannot be proven, and goes on when it can', async () => {
      const it = await counter();
      const { pid } = await docker.containers.inspect(it.id);
      const events: string[] = [];
      const fencer = fencing(it.id, events, 1_500);
      const still = await untilStill(it, events);
      expect([events, await stateOf(it.id)]).toEqual([['freezing'], 'running']);
      prove(fencer, 10_000);
      await eventually(() => it.count() !== still);
      expect(events).toEqual(['freezing', 'thawing']);
      expect((await docker.containers.inspect(it.id)).pid).toBe(pid);
    });

    it('is killed where it stands when no proof comes: its program executes nothing more', async () => {
      const it = await counter();
      const events: string[] = [];
      fencing(it.id, events, 1_500);
      const still = await untilStill(it, events);
      await eventually(async () => {
        expect(await stateOf(it.id)).toBe('exited');
      });
      expect([it.count(), events]).toEqual([still, ['freezing', 'killing']]);
    });

    it('goes on also when whoever froze it has died, and another one has the proof', async () => {
      const it = await counter();
      const events: string[] = [];
      const first = fencing(it.id, events, 1_500);
      const still = await untilStill(it, events);
      first.close();
      const second = fencing(it.id, [], 10_000);
      await eventually(() => {
        prove(second, 10_000);
        expect(it.count()).not.toBe(still);
      });
    });

    it('stays as it is when somebody has paused it through the engine, proven or not; unproven it is killed', async () => {
      const it = await counter();
      await callEngine(`/containers/${it.id}/pause`);
      const events: string[] = [];
      const fencer = fencing(it.id, events, 1_500);
      const still = await untilStill(it, events);
      await eventually(() => events.includes('freezing'));
      await sleep(500);
      prove(fencer, 2_000);
      await sleep(500);
      expect([await stateOf(it.id), it.count()]).toEqual(['paused', still]);
      await eventually(async () => {
        expect(await stateOf(it.id)).toBe('exited');
      });
      expect(it.count()).toBe(still);
    });
  },
);

/** Version 2, of which this machine may have the tree only. */
const V2 = ['/sys/fs/cgroup/unified', '/sys/fs/cgroup'].find((root) =>
  existsSync(join(root, 'cgroup.controllers')),
);

it.skipIf(V2 === undefined || process.getuid?.() !== 0)(
  'freezes and kills a group of version 2 in the same way, and no group that is not the container’s own',
  async () => {
    const container = randomBytes(32).toString('hex');
    const group = join(V2 ?? '', container);
    const out = join(await mkdtemp(join(tmpdir(), 'raftainer-freezing-')), 'count');
    mkdirSync(group);
    const child = spawn('sh', ['-c', COUNT.replace('/out/count', out)], { stdio: 'ignore' });
    onTestFinished(async () => {
      child.kill('SIGKILL');
      await eventually(() => {
        rmdirSync(group);
      });
      await rm(join(out, '..'), { recursive: true });
    });
    const roots = { v1: '/nonexistent', v2: V2 ?? '' };
    const of = (): Freezer | undefined => Freezer.of(container, child.pid ?? 0, roots);
    expect(of()).toBeUndefined();
    writeFileSync(join(group, 'cgroup.procs'), String(child.pid));
    await eventually(() => readFileSync(out, 'utf8') !== '');
    const freezer = of();
    expect(freezer?.isFrozen).toBe(false);
    freezer?.freeze();
    expect(freezer?.isFrozen).toBe(true);
    const still = readFileSync(out, 'utf8').length;
    await sleep(200);
    expect(readFileSync(out, 'utf8')).toHaveLength(still);
    freezer?.thaw();
    await eventually(() => readFileSync(out, 'utf8').length > still);
    freezer?.freeze();
    const last = readFileSync(out, 'utf8').length;
    const ended = once(child, 'exit');
    freezer?.kill();
    await ended;
    expect(readFileSync(out, 'utf8')).toHaveLength(last);
  },
);

describe.skipIf(obstacle !== undefined)('an agent that freezes', { timeout: 120_000 }, () => {
  it('lets an exclusive pod go on after an outage of Consul in which its claim could not be proven', async () => {
    const consul = await startConsul();
    const proxy = await startFaultProxy(consul);
    const host = await TestHost.create({
      sharedConsul: consul,
      environment: {
        RAFTAINER_CONSUL_PORT: String(proxy.port),
        RAFTAINER_FENCE: 'freeze',
        ...{ RAFTAINER_CHECK_TTL: '60s', RAFTAINER_LOCK_DELAY: '20s' },
        ...{ RAFTAINER_FENCE_AFTER: '3s', RAFTAINER_FENCE_STOP_TIMEOUT: '17s' },
      },
    });
    onTestFinished(async () => {
      await host.close();
      await proxy.close();
      await consul.stop();
    });
    const pod = uniqueName('frozen');
    await host.put(sleepingPod(pod, await testImage()));
    await host.untilRunning(pod);
    const before = await runsOf(host, pod);
    const [container] = await host.containers(pod);
    const { pid = 0 } = await createDocker().containers.inspect(container?.id ?? '');
    const group = Freezer.of(container?.id ?? '', pid);
    expect(group?.isFrozen).toBe(false);

    proxy.fails = () => true;
    await eventually(() => group?.isFrozen === true, { timeoutMs: 15_000 });
    proxy.fails = () => false;
    await eventually(() => group?.isFrozen === false, { timeoutMs: 15_000 });

    expect(await runsOf(host, pod)).toEqual(before);
    await eventually(() => {
      const actions = host.agent.log.map(({ action }) => action);
      expect(actions.filter((action) => action !== undefined)).toEqual(
        expect.arrayContaining(['freezing', 'thawing']),
      );
      expect(actions).not.toContain('killing');
    });
  });
});
