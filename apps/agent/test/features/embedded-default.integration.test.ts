import { afterAll, beforeAll, expect, it, vi } from 'vitest';

import { testImage, uniqueName } from '@raftainer/testing';

import { sleepingPod } from '../support/definitions.js';
import { TestHost } from '../support/test-host.js';
import { runsOf, untilPassing } from '../support/witness.js';

// Stories of several acts, each with deadlines of its own.
vi.setConfig({ testTimeout: 180_000 });

const pod = uniqueName('alone');
let host: TestHost;
let image: string;

beforeAll(async () => {
  image = await testImage();
  host = await TestHost.create({ consul: 'embedded' });
});

afterAll(async () => {
  await host.close();
});

it('runs pods with a Consul of its own when none is configured', async () => {
  await host.put(sleepingPod(pod, image));
  const status = await host.untilRunning(pod);
  expect(status.epoch).toBe(1);
  await untilPassing(host, pod);
  expect(host.agent.output).toContain('No Consul is configured');
});

it('keeps definitions, claims and services when it is killed, and restarts nothing', async () => {
  const runs = await runsOf(host, pod);
  const claim = await host.cluster.claims.get(pod, 0);
  await host.agent.end('SIGKILL');
  host.agent.start();
  const later = uniqueName('later');
  await host.put(sleepingPod(later, image));
  await host.untilRunning(later);
  expect(await runsOf(host, pod)).toEqual(runs);
  expect(await host.cluster.claims.get(pod, 0)).toEqual(claim);
  await untilPassing(host, pod);
  expect(host.agent.log.filter(({ resumed }) => resumed === true)).toHaveLength(1);
});

it('ends with exit code 0 on SIGTERM, and takes its pods up again', async () => {
  const runs = await runsOf(host, pod);
  expect(await host.agent.end('SIGTERM')).toBe(0);
  host.agent.start();
  const later = uniqueName('later');
  await host.put(sleepingPod(later, image));
  await host.untilRunning(later);
  expect(await runsOf(host, pod)).toEqual(runs);
});
