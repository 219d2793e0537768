import { uniqueSubnet } from '@raftainer/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workbench } from './real-engine.js';
import type { Workbench } from './real-engine.js';
import { rejection } from './rejection.js';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});
afterAll(async () => {
  await bench.cleanUp();
});

describe('networks', () => {
  it('are created, listed, inspected and removed', async () => {
    const { networks } = bench.docker;
    const name = bench.name('net');
    const subnet = uniqueSubnet().cidr;
    const labels = { ...bench.labels, a: 'b' };
    const options = { 'com.docker.network.bridge.enable_icc': 'false' };
    const id = await networks.create({ name, labels, subnet, internal: true, options });
    const summary = { id, name, driver: 'bridge', labels, subnets: [subnet] };
    expect(await networks.list({ labels })).toEqual([summary]);
    expect(await networks.inspect(name)).toEqual({ ...summary, internal: true, containers: [] });
    expect((await networks.list()).map((network) => network.name)).toEqual(
      expect.arrayContaining([name, 'bridge']),
    );
    await networks.remove(name);
    await networks.remove(name);
    expect((await rejection(networks.inspect(id))).code).toBe('DOCKER_NOT_FOUND');
  });

  it('refuse a taken name and a taken subnet, each with its code', async () => {
    const { networks } = bench.docker;
    const { labels } = bench;
    const name = bench.name('net');
    const subnet = uniqueSubnet();
    await networks.create({ name, labels, subnet: subnet.cidr });
    const again = await rejection(networks.create({ name, labels, subnet: uniqueSubnet().cidr }));
    expect(again).toMatchObject({ code: 'DOCKER_CONFLICT', retryable: false });
    const overlap = await rejection(
      networks.create({ name: bench.name('net'), labels, subnet: `${subnet.address(8)}/29` }),
    );
    expect(overlap).toMatchObject({ code: 'DOCKER_SUBNET_OVERLAP', retryable: false });
    expect(overlap.message).toMatch(/^Could not create network .*subnet of its own\.$/);
    const wrong = await rejection(networks.create({ name: bench.name('net'), labels, subnet: 'x' }));
    expect(['DOCKER_BAD_REQUEST', 'DOCKER_SERVER_ERROR']).toContain(wrong.code);
    expect((await rejection(networks.remove('bridge'))).code).toBe('DOCKER_BAD_REQUEST');
  });
});

describe('volumes', () => {
  it('are created, listed and removed', async () => {
    const { volumes } = bench.docker;
    const name = bench.name('vol');
    const labels = { ...bench.labels, a: 'b' };
    expect(await volumes.create({ name, labels })).toBe(name);
    expect(await volumes.create({ name })).toBe(name);
    const [volume, ...others] = await volumes.list({ labels });
    expect(volume).toMatchObject({ name, driver: 'local', labels });
    expect(volume?.mountpoint).toContain(name);
    expect(others).toEqual([]);
    expect((await volumes.list()).map((each) => each.name)).toContain(name);
    await volumes.remove(name);
    await volumes.remove(name);
    expect(await volumes.list({ labels })).toEqual([]);
  });

  it('refuse a name that cannot be', async () => {
    expect((await rejection(bench.docker.volumes.create({ name: '/etc' }))).code).toBe('DOCKER_BAD_REQUEST');
  });
});
