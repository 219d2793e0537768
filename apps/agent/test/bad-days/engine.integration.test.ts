import { setTimeout as sleep } from 'node:timers/promises';

import { eventually, testImage, uniqueName } from '@raftainer/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { sleepingPod } from '../support/definitions.js';
import { createPrivateEngine, privateEngineObstacle } from '../support/private-engine.js';
import { TestHost } from '../support/test-host.js';
import { passing, runsOf, untilPassing } from '../support/witness.js';

import type { PrivateEngine } from '../support/private-engine.js';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const obstacle = await privateEngineObstacle();

describe.skipIf(obstacle !== undefined)(
  `the Docker engine${obstacle === undefined ? '' : ` (${obstacle})`}`,
  () => {
    let engine: PrivateEngine;
    let host: TestHost;
    let image: string;
    const [first, second] = [uniqueName('first'), uniqueName('second')];

    beforeAll(async () => {
      image = await testImage();
      engine = await createPrivateEngine();
      await engine.kill();
      host = await TestHost.create({ dockerHost: engine.host });
    });

    afterAll(async () => {
      await host.close();
      await engine.remove();
    });

    function logged(words: string): number {
      return host.agent.log.filter(({ msg }) => typeof msg === 'string' && msg.includes(words)).length;
    }

    async function untilAllRun(): Promise<void> {
      await eventually(
        async () => {
          const states = (await host.containers()).map(({ state }) => state);
          expect(states).toEqual(['running', 'running']);
        },
        { timeoutMs: 90_000 },
      );
      for (const pod of [first, second]) await untilPassing(host, pod);
    }

    it('may be absent when the agent starts: it says so, waits, and works once the engine is there', async () => {
      await host.put(sleepingPod(first, image));
      await host.put(sleepingPod(second, image));
      await eventually(() => logged('The Docker engine does not answer') > 0, { timeoutMs: 60_000 });
      await sleep(3_000);
      expect(host.agent.running).toBe(true);
      // Nothing is claimed that could not be run.
      expect(await host.cluster.claims.list()).toEqual([]);
      await engine.start();
      await untilAllRun();
    });

    it('may be stopped and started while containers run on: they are adopted as they are', async () => {
      const before = await runsOf(host, first);
      const claims = await host.cluster.claims.list();
      const complaints = logged('The Docker engine does not answer');
      await engine.stop();
      await eventually(() => logged('The Docker engine does not answer') > complaints, { timeoutMs: 60_000 });
      await sleep(3_000);
      expect((await host.cluster.claims.list()).map(({ session }) => session)).toEqual(
        claims.map(({ session }) => session),
      );
      await engine.start();
      await untilAllRun();
      expect(await runsOf(host, first)).toEqual(before);
    });

    it('may come back with one of them dead: that one is started again, the others are left alone', async () => {
      const before = await runsOf(host, second);
      const [victim] = await host.containers(first);
      const { pid, startedAt } = await host.docker.containers.inspect(victim?.id ?? '');
      await engine.stop();
      process.kill(pid ?? 0, 'SIGKILL');
      await engine.start();
      await eventually(
        async () => {
          const now = await host.docker.containers.inspect(victim?.id ?? '');
          expect(now.state).toBe('running');
          expect(now.startedAt).not.toBe(startedAt);
        },
        { timeoutMs: 90_000 },
      );
      await untilAllRun();
      expect(await runsOf(host, second)).toEqual(before);
    });

    it('may lose power: everything is started again once it is back, under the claims it had', async () => {
      const before = await host.containers();
      const claims = await host.cluster.claims.list();
      await engine.kill();
      await sleep(2_000);
      await engine.start();
      await untilAllRun();
      expect((await host.containers()).map(({ id }) => id).sort()).toEqual(before.map(({ id }) => id).sort());
      expect(await host.cluster.claims.list()).toMatchObject(
        claims.map(({ pod, session, epoch }) => ({ pod, session, epoch })),
      );
      expect(await host.networks()).toHaveLength(2);
    });

    it('may freeze: nothing is given up, nothing restarted, and what was edited meanwhile happens afterwards', async () => {
      const before = await runsOf(host, second);
      const claims = await host.cluster.claims.list();
      const [old] = await host.containers(first);
      const complaints = logged('The state cannot be read');
      engine.freeze();
      try {
        await host.put(sleepingPod(first, image, { environment: { COLOUR: 'red' } }));
        await eventually(() => logged('The state cannot be read') > complaints, { timeoutMs: 120_000 });
        expect(await host.cluster.claims.list()).toMatchObject(
          claims.map(({ pod, session, epoch }) => ({ pod, session, epoch })),
        );
        expect(await passing(host, second)).toBe(1);
      } finally {
        engine.thaw();
      }
      await eventually(
        async () => {
          const [now] = await host.containers(first);
          expect(now?.state).toBe('running');
          expect(now?.id).not.toBe(old?.id);
        },
        { timeoutMs: 120_000 },
      );
      await untilAllRun();
      expect(await runsOf(host, second)).toEqual(before);
    });

    it('may lose power while the agent is down: the agent starts everything when both are back', async () => {
      await host.agent.end('SIGKILL');
      await engine.kill();
      host.agent.start();
      await sleep(2_000);
      await engine.start();
      await untilAllRun();
      expect(await host.networks()).toHaveLength(2);
    });
  },
);
