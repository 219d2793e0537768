import { eventually, testImage, uniqueName } from '@raftainer/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { define } from '../support/definitions.js';
import { TestHost } from '../support/test-host.js';
import { Witness } from '../support/witness.js';

/** More than the 31 networks that the engine's own address pools hold; 200 where nobody waits for the result. */
const PODS = process.env.CI === undefined ? 200 : 40;
/** Of the whole file; the machine may have two cores and other things to do. */
const BOUND_MS = 600_000;

vi.setConfig({ testTimeout: BOUND_MS, hookTimeout: 300_000 });

let host: TestHost;
let image: string;
let witness: Witness;
const prefix = uniqueName('many');
const names = Array.from({ length: PODS }, (_, index) => `${prefix}-${String(index)}`);

beforeAll(async () => {
  image = await testImage();
  host = await TestHost.create();
  witness = await Witness.start(host, image);
});

afterAll(async () => {
  await host.close();
});

describe(`${String(PODS)} pods applied at once, each with a network of its own`, () => {
  it('all run, on subnets that do not overlap; removed at once, nothing is left', async () => {
    const deadline = performance.now() + BOUND_MS - 20_000;
    const left = (): { readonly timeoutMs: number; readonly intervalMs: number } => ({
      timeoutMs: deadline - performance.now(),
      intervalMs: 1_000,
    });
    const containers = [{ name: 'app', image, command: ['sleep', '100000'], stopSignal: 'SIGKILL' }];
    await Promise.all(names.map((name) => host.put(define({ name, containers }))));
    await eventually(async () => {
      const running = (await host.containers()).filter(({ state }) => state === 'running');
      expect(running).toHaveLength(PODS + 1);
    }, left());
    await eventually(async () => {
      const statuses = await host.cluster.statuses.list();
      const phases = statuses.map(({ status }) => status?.phase);
      expect(phases).toEqual(Array.from({ length: PODS + 1 }, () => 'running'));
    }, left());
    await expectSubnetsApart();
    await witness.expectUndisturbed();

    await Promise.all(names.map((name) => host.cluster.pods.remove(name)));
    await eventually(async () => {
      const pods = new Set((await host.containers()).map(({ labels }) => labels['raftainer.pod']));
      expect([...pods]).toEqual([witness.pod]);
      expect(await host.networks()).toHaveLength(1);
    }, left());
    await eventually(async () => {
      expect((await host.cluster.claims.list()).map(({ pod }) => pod)).toEqual([witness.pod]);
      expect((await host.cluster.statuses.list()).map(({ pod }) => pod)).toEqual([witness.pod]);
      const services = (await host.consul.services.list()).map(({ name }) => name);
      expect(services.filter((name) => !/^raftainer-(agent|heartbeat)$/.test(name))).toEqual([witness.pod]);
    }, left());
    await witness.expectUndisturbed();
  });
});

/** Every network of ours has one subnet of 16 addresses, so that those with different first addresses are apart. */
async function expectSubnetsApart(): Promise<void> {
  const networks = await host.docker.networks.list({ labels: { 'raftainer.host': host.name } });
  const subnets = networks.flatMap((network) => network.subnets);
  expect(subnets).toHaveLength(PODS + 1);
  expect(new Set(subnets).size).toBe(PODS + 1);
  for (const subnet of subnets) expect(subnet).toMatch(/^10\.213\.\d+\.\d+\/28$/);
}
