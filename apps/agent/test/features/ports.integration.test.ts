import { networkInterfaces } from 'node:os';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { eventually, exampleImage, freePort, uniqueName } from '@raftainer/testing';

import { TestHost } from '../support/test-host.js';
import { answerOf, portEcho } from './support/servers.js';
import { slotContainer, untilReplaced } from './support/slot-container.js';

import type { PortStatus, SlotStatus } from '@raftainer/cluster';

// Stories of several acts, each with deadlines of its own.
vi.setConfig({ testTimeout: 180_000 });

/** Never the address of a machine (RFC 5737): what is advertised there cannot be bound by mistake. */
const INTERNAL_IP = '192.0.2.10';
const RANGE = { from: 18_000 + Math.floor(Math.random() * 190) * 10, size: 10 };

const web = uniqueName('web');
const fixed = uniqueName('fixed');
let host: TestHost;
let image: string;
let fixedPort: number;

beforeAll(async () => {
  [image, fixedPort] = await Promise.all([exampleImage(), freePort()]);
  host = await TestHost.create({
    environment: {
      RAFTAINER_REGION: 'eu-1',
      RAFTAINER_SECURE_IP: '127.0.0.1',
      RAFTAINER_INTERNAL_IP: INTERNAL_IP,
      RAFTAINER_PORT_RANGE: `${String(RANGE.from)}-${String(RANGE.from + RANGE.size - 1)}`,
    },
  });
  await host.put(webPod());
  await host.put({
    name: fixed,
    containers: [
      portEcho(image, [8001], { ports: [{ containerPort: 8001, publish: 'external', hostPort: fixedPort }] }),
    ],
  });
  await Promise.all([host.untilRunning(web, 0), host.untilRunning(web, 1), host.untilRunning(fixed)]);
});

afterAll(async () => {
  await host.close();
});

function webPod(environment: object = {}): { readonly name: string } {
  const ports = [
    { name: 'http', containerPort: 8001, publish: 'internal', hostname: 'web.example.test' },
    { name: 'public', containerPort: 8002, publish: 'external' },
    { name: 'private', containerPort: 8003 },
  ];
  const definition = {
    name: web,
    instances: 2,
    containers: [portEcho(image, [8001, 8002, 8003], { ports, environment })],
  };
  return definition;
}

async function portsOf(pod: string, index = 0): Promise<readonly PortStatus[]> {
  const status: SlotStatus | undefined = await host.status(pod, index);
  return status?.containers[0]?.ports ?? [];
}

async function hostPort(name: string, index = 0): Promise<number> {
  return (await portsOf(web, index)).find((port) => port.name === name)?.hostPort ?? 0;
}

/** An address of this machine beside loopback; the engine's own bridge has one at least. */
function otherAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}

describe('ports', () => {
  it('are bound to the secure address only when they are internal', async () => {
    const port = await hostPort('http');
    await eventually(async () => {
      expect(await answerOf('127.0.0.1', port)).toBe('8001');
    });
    const other = otherAddress();
    if (other !== undefined) expect(await answerOf(other, port)).toBe('refused');
    const { ports } = await slotContainer(host, web);
    expect(ports.filter(({ containerPort }) => containerPort === 8001)).toEqual([
      { hostIp: '127.0.0.1', hostPort: port, containerPort: 8001, protocol: 'tcp' },
    ]);
  });

  it('are bound to all addresses when they are external', async () => {
    const port = await hostPort('public');
    for (const address of ['127.0.0.1', otherAddress()].filter((known) => known !== undefined)) {
      await eventually(async () => {
        expect(await answerOf(address, port)).toBe('8002');
      });
    }
  });

  it('come from the range of the agent, each given once', async () => {
    const numbers = await Promise.all(
      [0, 1].flatMap((index) => [hostPort('http', index), hostPort('public', index)]),
    );
    expect(new Set(numbers).size).toBe(4);
    for (const number of numbers) {
      expect(number).toBeGreaterThanOrEqual(RANGE.from);
      expect(number).toBeLessThan(RANGE.from + RANGE.size);
    }
  });

  it('are fixed where the definition says so', async () => {
    await eventually(async () => {
      expect(await answerOf('127.0.0.1', fixedPort)).toBe('8001');
    });
    expect(await portsOf(fixed)).toMatchObject([{ hostPort: fixedPort, containerPort: 8001 }]);
  });

  it('stay unpublished when they are not to be published', async () => {
    expect((await portsOf(web)).map(({ name }) => name)).toEqual(['http', 'public']);
    const { ports } = await slotContainer(host, web);
    expect(ports.filter(({ containerPort, hostPort: bound }) => containerPort === 8003 && bound)).toEqual([]);
  });
});

describe('services', () => {
  it('are the pod and each named port that is published, at the internal address', async () => {
    const services = await host.consul.services.list();
    const found = services.map(({ id, name, address, port }) => ({ id, name, address, port }));
    for (const index of [0, 1]) {
      expect(found).toContainEqual({
        id: `raftainer-${web}-${String(index)}`,
        name: web,
        address: INTERNAL_IP,
        port: 0,
      });
      expect(found).toContainEqual({
        id: `raftainer-${web}-${String(index)}:http`,
        name: `${web}-http`,
        address: INTERNAL_IP,
        port: await hostPort('http', index),
      });
      expect(found).toContainEqual({
        id: `raftainer-${web}-${String(index)}:public`,
        name: `${web}-public`,
        address: INTERNAL_IP,
        port: await hostPort('public', index),
      });
    }
    expect(found.filter(({ name }) => name.startsWith(web))).toHaveLength(6);
    expect(found.filter(({ name }) => name.startsWith(fixed))).toHaveLength(1);
  });

  it('carry tags for place and ingress, and meta for what they are', async () => {
    const services = await host.consul.services.list();
    const http = services.find(({ id }) => id === `raftainer-${web}-1:http`);
    expect([...(http?.tags ?? [])].sort()).toEqual([
      `heartbeat=${host.name}`,
      `host=${host.name}`,
      'region=eu-1',
      'traefik.enable=true',
      `traefik.http.routers.${web}-http.rule=Host(\`web.example.test\`)`,
    ]);
    const revision = (await host.status(web))?.revision;
    expect(http?.meta).toEqual({
      'raftainer-host': host.name,
      'raftainer-pod': web,
      'raftainer-index': '1',
      'raftainer-port': 'http',
      'raftainer-region': 'eu-1',
      'raftainer-revision': revision,
      'raftainer-epoch': '1',
    });
    const main = services.find(({ id }) => id === `raftainer-${web}-0`);
    expect([...(main?.tags ?? [])].sort()).toEqual([
      `heartbeat=${host.name}`,
      `host=${host.name}`,
      'region=eu-1',
    ]);
  });

  it('keep their ports when the container is replaced, and tell of the new revision', async () => {
    const before = await Promise.all([0, 1].map((index) => slotContainer(host, web, { index })));
    const ports = await Promise.all([hostPort('http', 0), hostPort('http', 1)]);
    const revision = (await host.status(web))?.revision;
    await host.put(webPod({ COLOUR: 'blue' }));
    await Promise.all(before.map(({ id }, index) => untilReplaced(host, web, { id, index })));
    await eventually(
      async () => {
        const services = await host.consul.services.list();
        const https = services.filter(({ name }) => name === `${web}-http`);
        expect(https.map(({ port }) => port).sort()).toEqual([...ports].sort());
        for (const { meta } of https) expect(meta['raftainer-revision']).not.toBe(revision);
      },
      { timeoutMs: 90_000 },
    );
    await host.untilRunning(web, 1);
    expect(await Promise.all([hostPort('http', 0), hostPort('http', 1)])).toEqual(ports);
  });
});
