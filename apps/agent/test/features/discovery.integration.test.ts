import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { eventually, testImage, uniqueName } from '@raftainer/testing';

import { define, sleepingPod } from '../support/definitions.js';
import { TestHost } from '../support/test-host.js';
import { passing, runsOf, untilPassing } from '../support/witness.js';

vi.setConfig({ testTimeout: 120_000 });

const pod = uniqueName('seen');
let host: TestHost;

beforeAll(async () => {
  host = await TestHost.create();
  await host.put(define({ ...sleepingPod(pod, await testImage()), instances: 2 }));
  await untilPassing(host, pod, 2);
});

afterAll(async () => {
  await host.close();
});

/** Ids of the checks of a slot's service, with their states. */
async function checksOf(service: string): Promise<Readonly<Record<string, string>>> {
  const all = await host.consul.services.health(pod);
  const found = all.find((each) => each.service.id === service);
  const own = (found?.checks ?? []).filter(({ serviceId }) => serviceId === service);
  return Object.fromEntries(own.map(({ checkId, status }) => [checkId, status]));
}

/** The fewest instances that clients were given while something was done. */
async function fewestPassingDuring(work: () => Promise<unknown>): Promise<number> {
  const end = { reached: false };
  const done = work().finally(() => (end.reached = true));
  let fewest = Infinity;
  while (!end.reached) fewest = Math.min(fewest, await passing(host, pod));
  await done;
  return fewest;
}

const first = `raftainer-${pod}-0`;

describe('slots in discovery', () => {
  it('follow one heartbeat of their host, beside a check of their own', async () => {
    expect(await checksOf(first)).toEqual({ [`${first}/health`]: 'passing', [`${first}/host`]: 'passing' });
    const heartbeat = `raftainer-heartbeat-${host.name}/alive`;
    // What nobody passes any more takes all of them out at once. The next beat is 20 s away at most.
    await host.consul.services.ttl.fail(heartbeat);
    await untilPassing(host, pod, 0);
    await untilPassing(host, pod, 2);
  });

  it('are registered anew where an older agent had done so, and nobody notices', async () => {
    const runs = await runsOf(host, pod);
    const services = await host.consul.services.list();
    const own = services.find(({ id }) => id === first);
    if (own === undefined) throw new Error('The slot has no service.');
    const older = {
      ...own,
      tags: own.tags.filter((tag) => !tag.startsWith('heartbeat=')),
      checks: [{ checkId: `${first}/health`, ttlMs: 60_000, status: 'passing' }],
    } as const;
    const fewest = await fewestPassingDuring(async () => {
      await host.agent.end();
      await host.consul.services.register(older);
      expect(Object.keys(await checksOf(first))).toEqual([`${first}/health`]);
      host.agent.start();
      await eventually(async () => Object.keys(await checksOf(first)).length === 2, { timeoutMs: 60_000 });
    });
    expect(fewest).toBe(2);
    expect(await runsOf(host, pod)).toEqual(runs);
  });
});
