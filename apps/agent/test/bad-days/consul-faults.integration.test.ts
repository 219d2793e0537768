import { setTimeout as sleep } from 'node:timers/promises';

import { eventually, startConsul, testImage, uniqueName } from '@raftainer/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { sleepingPod } from '../support/definitions.js';
import { startFaultProxy } from '../support/fault-proxy.js';
import { TestHost } from '../support/test-host.js';
import { Witness, runsOf, untilPassing } from '../support/witness.js';

import type { Definition } from '../support/definitions.js';
import type { FaultProxy } from '../support/fault-proxy.js';
import type { RealConsul } from '@raftainer/testing';

vi.setConfig({ testTimeout: 240_000 });

/** Pods that may run twice go on without Consul. Those that may not are stopped in time: see the tests of the lease. */
const SHARED = { exclusive: false };

let host: TestHost;
let consul: RealConsul;
let proxy: FaultProxy;
let image: string;
let witness: Witness;

beforeAll(async () => {
  image = await testImage();
  consul = await startConsul();
  proxy = await startFaultProxy(consul);
  // The agent goes through the proxy; what the test reads and writes does not.
  host = await TestHost.create({
    sharedConsul: consul,
    environment: { RAFTAINER_CONSUL_PORT: String(proxy.port) },
  });
  witness = await Witness.start(host, image, SHARED);
});

afterEach(async () => {
  proxy.fails = () => false;
  proxy.delayMs = () => 0;
  await untilPassing(host, witness.pod);
  await witness.expectUndisturbed();
});

afterAll(async () => {
  await host.close();
  await proxy.close();
  await consul.stop();
});

/** Runs a pod, edits it and removes it, all within `timeoutMs` each. */
async function expectWorking(timeoutMs: number): Promise<void> {
  const pod = uniqueName('slowly');
  const version = (value: string): Definition => sleepingPod(pod, image, { environment: { VERSION: value } });
  await host.put(version('1'));
  await eventually(async () => (await host.status(pod))?.phase === 'running', { timeoutMs });
  const [before] = await host.containers(pod);
  await host.put(version('2'));
  await eventually(
    async () => {
      const [now] = await host.containers(pod);
      expect(now?.state).toBe('running');
      expect(now?.id).not.toBe(before?.id);
    },
    { timeoutMs },
  );
  await host.cluster.pods.remove(pod);
  await eventually(async () => (await host.containers(pod)).length === 0, { timeoutMs });
}

describe('a Consul that is slow', () => {
  it('by 3 s on every request: all still works, nothing is given up', async () => {
    const claim = await host.cluster.claims.get(witness.pod, 0);
    proxy.delayMs = () => 3_000;
    await expectWorking(120_000);
    await witness.expectUndisturbed();
    expect(await host.cluster.claims.get(witness.pod, 0)).toMatchObject({
      session: claim?.session,
      epoch: claim?.epoch,
    });
  });

  it('by anything from nothing to three seconds: the same', async () => {
    let turn = 0;
    // Not random, so that a failure can be had again; without a rhythm of its own all the same.
    proxy.delayMs = () => ((turn += 1) * 997) % 3_000;
    await expectWorking(120_000);
    await witness.expectUndisturbed();
  });
});

describe('a Consul that answers 500', () => {
  it('to everything for a while: what runs is left alone, and what was applied meanwhile runs afterwards', async () => {
    const pod = uniqueName('later');
    proxy.fails = () => true;
    await host.put(sleepingPod(pod, image));
    await eventually(() => proxy.failed() > 5, { timeoutMs: 60_000 });
    await sleep(8_000);
    await witness.expectSameContainers();
    expect(host.agent.running).toBe(true);
    expect(await host.containers(pod)).toEqual([]);
    proxy.fails = () => false;
    await host.untilRunning(pod);
    await host.cluster.pods.remove(pod);
    await host.untilGone(pod);
  });

  it.each([
    ['the definitions', '/v1/kv/raftainer/pods/configs/'],
    ['the claims', '/v1/kv/raftainer/pods/locks/'],
    ['the services', '/v1/agent/services'],
  ])('to reads of %s only: a failed read is no empty read', async (_what, path) => {
    const before = proxy.failed();
    proxy.fails = ({ method, url }) => method === 'GET' && decodeURIComponent(url ?? '').startsWith(path);
    // Whatever wakes the agent must not make it act on half a picture: an edit, and the death of a container.
    const pod = uniqueName('blind');
    await host.put(sleepingPod(pod, image));
    await eventually(() => proxy.failed() > before + 3, { timeoutMs: 60_000 });
    await sleep(3_000);
    await witness.expectSameContainers();
    expect(await host.containers(pod)).toEqual([]);
    proxy.fails = () => false;
    await host.untilRunning(pod);
    await host.cluster.pods.remove(pod);
    await host.untilGone(pod);
  });

  it('to writes only: nothing is torn down for it, and the writes are made up for', async () => {
    const pod = uniqueName('unwritten');
    await host.put({ ...sleepingPod(pod, image), ...SHARED });
    await host.untilRunning(pod);
    await untilPassing(host, pod);
    const before = await runsOf(host, pod);
    proxy.fails = ({ method, url }) => method === 'PUT' && url?.startsWith('/v1/session/renew') === false;
    const failed = proxy.failed();
    await host.cluster.pods.scale(pod, 2);
    await eventually(() => proxy.failed() > failed, { timeoutMs: 60_000 });
    await sleep(3_000);
    expect(await runsOf(host, pod)).toEqual(before);
    proxy.fails = () => false;
    await host.untilRunning(pod, 1);
    await untilPassing(host, pod, 2);
    expect(await runsOf(host, pod)).toEqual(expect.arrayContaining([...before]));
    await host.cluster.pods.remove(pod);
    await host.untilGone(pod);
  });
});
