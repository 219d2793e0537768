import { setTimeout as sleep } from 'node:timers/promises';

import { eventually, freePort, startConsul, testImage, uniqueName } from '@raftainer/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { sleepingPod } from '../support/definitions.js';
import { TestHost } from '../support/test-host.js';
import { Witness, passing, runsOf, untilPassing } from '../support/witness.js';

import type { RealConsul } from '@raftainer/testing';

vi.setConfig({ testTimeout: 240_000 });

/** A session that nobody renews is over after twice its TTL of 10 s, and its locks are closed for 15 s more. */
const SESSION_LIFE_MS = 20_000;
const PATIENCE = { timeoutMs: 120_000, intervalMs: 500 };

let image: string;

beforeAll(async () => {
  image = await testImage();
});

function logged(host: TestHost, words: string): number {
  return host.agent.log.filter(({ msg }) => typeof msg === 'string' && msg.includes(words)).length;
}

/** Pods that may run twice go on without Consul. Those that may not are stopped in time: see the tests of the lease. */
const SHARED = { exclusive: false };

describe('a Consul that is absent when the agent starts', () => {
  it('is waited for, with one complaint; then everything works', async () => {
    const port = await freePort();
    const host = await TestHost.create({ sharedConsul: { host: '127.0.0.1', port } });
    let consul: RealConsul | undefined;
    try {
      await eventually(() => logged(host, 'Consul gives no session') > 0, PATIENCE);
      await sleep(3_000);
      expect(host.agent.running).toBe(true);
      expect(logged(host, 'Consul gives no session')).toBe(1);
      consul = await startConsul({ ports: { http: port } });
      const pod = uniqueName('patient');
      await host.put(sleepingPod(pod, image));
      await host.untilRunning(pod);
      await untilPassing(host, pod);
    } finally {
      await host.close();
      await consul?.stop();
    }
  });
});

describe('a real Consul', () => {
  let host: TestHost;
  let witness: Witness;

  beforeAll(async () => {
    host = await TestHost.create();
    witness = await Witness.start(host, image, SHARED);
  });

  afterAll(async () => {
    await host.close();
  });

  const consulOf = (): RealConsul => {
    const { realConsul } = host;
    if (realConsul === undefined) throw new Error('this host has a Consul of its own');
    return realConsul;
  };

  /** The agent still works: a new pod runs, and goes. */
  async function expectWorking(): Promise<void> {
    const pod = uniqueName('after');
    await host.put(sleepingPod(pod, image));
    await host.untilRunning(pod);
    await untilPassing(host, pod);
    await host.cluster.pods.remove(pod);
    await host.untilGone(pod);
  }

  it.each([
    ['restarted', 'SIGTERM', 0],
    ['killed and started again', 'SIGKILL', 3_000],
  ] as const)('may be %s: nothing restarts, and services pass', async (_what, signal, downMs) => {
    const claim = await host.cluster.claims.get(witness.pod, 0);
    await consulOf().restart({ signal, whileDown: () => sleep(downMs) });
    await untilPassing(host, witness.pod);
    await expectWorking();
    await witness.expectUndisturbed();
    expect(await host.cluster.claims.get(witness.pod, 0)).toMatchObject({ epoch: claim?.epoch });
  });

  it('may be gone for longer than a session lives: the containers run on, and are still claimed afterwards', async () => {
    const claim = await host.cluster.claims.get(witness.pod, 0);
    const before = await runsOf(host, witness.pod);
    await consulOf().restart({
      signal: 'SIGKILL',
      whileDown: async () => {
        await sleep(SESSION_LIFE_MS + 5_000);
        expect(await runsOf(host, witness.pod)).toEqual(before);
        expect(host.agent.running).toBe(true);
      },
    });
    await eventually(async () => {
      const now = await host.cluster.claims.get(witness.pod, 0);
      expect(now?.session).toBeDefined();
      expect(await host.consul.sessions.info(now?.session ?? '')).toBeDefined();
      expect(now?.epoch).toBeGreaterThanOrEqual(claim?.epoch ?? 0);
      expect((await host.status(witness.pod))?.epoch).toBe(now?.epoch);
    }, PATIENCE);
    await untilPassing(host, witness.pod);
    await expectWorking();
    await witness.expectUndisturbed();
  });

  it('may end the session of an agent that hung for too long: its claims are taken again, its containers run on', async () => {
    const claim = await host.cluster.claims.get(witness.pod, 0);
    process.kill(host.agent.pid ?? 0, 'SIGSTOP');
    try {
      await eventually(async () => {
        expect((await host.cluster.claims.get(witness.pod, 0))?.session).toBeUndefined();
      }, PATIENCE);
    } finally {
      process.kill(host.agent.pid ?? 0, 'SIGCONT');
    }
    await eventually(async () => {
      const now = await host.cluster.claims.get(witness.pod, 0);
      expect(now?.session).toBeDefined();
      expect(now?.epoch).toBe((claim?.epoch ?? 0) + 1);
    }, PATIENCE);
    await untilPassing(host, witness.pod);
    await expectWorking();
    await witness.expectUndisturbed();
  });

  it('may forget its registrations: they are made again, without a restart', async () => {
    for (const { id } of await host.consul.services.list()) await host.consul.services.deregister(id);
    expect(await passing(host, witness.pod)).toBe(0);
    await untilPassing(host, witness.pod);
    await witness.expectUndisturbed();
  });

  it('may come back empty: what runs without a definition is left alone, and goes on when it is applied again', async () => {
    const before = await runsOf(host, witness.pod);
    const replacement = await replaceByEmpty(host);
    try {
      await sleep(5_000);
      expect(await runsOf(host, witness.pod)).toEqual(before);
      await host.put({ ...sleepingPod(witness.pod, image), ...SHARED });
      await eventually(async () => {
        expect((await host.cluster.claims.get(witness.pod, 0))?.session).toBeDefined();
      }, PATIENCE);
      await untilPassing(host, witness.pod);
      await witness.expectUndisturbed();
    } finally {
      await replacement.stop();
    }
  });
});

/** A new Consul without any data, where the old one was. */
async function replaceByEmpty(host: TestHost): Promise<RealConsul> {
  await host.realConsul?.kill();
  return startConsul({ ports: { http: host.consulPort } });
}

describe('the embedded Consul', () => {
  it('restarts with the agent: nothing else does, and the claims are kept', async () => {
    const host = await TestHost.create({ consul: 'embedded' });
    try {
      const witness = await Witness.start(host, image);
      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        const claim = await host.cluster.claims.get(witness.pod, 0);
        await host.agent.end(signal);
        await witness.expectSameContainers();
        host.agent.start();
        const pod = uniqueName('after');
        await host.put(sleepingPod(pod, image));
        await host.untilRunning(pod);
        await untilPassing(host, witness.pod);
        await witness.expectUndisturbed();
        expect(await host.cluster.claims.get(witness.pod, 0)).toMatchObject({
          session: claim?.session,
          epoch: claim?.epoch,
        });
      }
    } finally {
      await host.close();
    }
  });
});
