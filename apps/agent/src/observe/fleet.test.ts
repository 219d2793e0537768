import { createCluster } from '@raftainer/cluster';
import { createConsul } from '@raftainer/consul';
import { startEmbeddedConsul } from '@raftainer/embedded';
import { parsePod } from '@raftainer/pod-spec';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { Fleet } from './fleet.js';

import type { FleetQuestion } from './fleet.js';
import type { Cluster, HostRecord, SlotStatus } from '@raftainer/cluster';
import type { ConsulClient } from '@raftainer/consul';
import type { ClaimView, ContainerView, PodView } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';

type Embedded = Awaited<ReturnType<typeof startEmbeddedConsul>>;

const { signal } = new AbortController();
let server: Embedded;
let consul: ConsulClient;
let cluster: Cluster;
let prefixes = 0;

beforeAll(async () => {
  server = await startEmbeddedConsul({ port: 0 });
  consul = createConsul({ host: server.host, port: server.port });
});

afterAll(async () => {
  consul.close();
  await server.close();
});

beforeEach(() => {
  prefixes += 1;
  cluster = createCluster(consul, { prefix: `fleet-${String(prefixes)}` });
});

function recordOf(host: string): HostRecord {
  return {
    host,
    internalIp: '10.0.0.1',
    agentVersion: '1.0.0',
    facts: {
      hostname: host,
      cpu: { cores: 4, architecture: 'amd64' },
      memory: { totalBytes: 8 },
      disk: { totalBytes: 8 },
      os: { platform: 'linux' },
      kernel: { version: '6.1.0' },
      labels: {},
      gpus: [],
    },
    labels: {},
    instance: host,
    since: 'then',
  };
}

/** Makes a host present, and absent again when the function is called that it resolves with. */
async function join(host: string, changes: Partial<HostRecord> = {}): Promise<() => Promise<void>> {
  const session = await consul.sessions.create({ name: host, lockDelayMs: 0 });
  expect(await cluster.hosts.acquire(session, { ...recordOf(host), ...changes })).toEqual({ acquired: true });
  return async () => {
    await consul.sessions.destroy(session);
  };
}

function podOf(changes: object = {}): ReadonlyMap<string, PodView> {
  const result = parsePod({ name: 'web', containers: [{ name: 'app', image: 'web:1' }], ...changes });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return new Map([['web', { state: 'valid', pod: result.pod, revision: 'r', definedAt: 1 }]]);
}

function asking(changes: Partial<FleetQuestion> = {}): FleetQuestion {
  return {
    now: 1_000,
    sessions: { exclusive: 's1', shared: 's2' },
    pods: podOf(),
    claims: new Map(),
    containers: [],
    signal,
    ...changes,
  };
}

function fleetOf(): Fleet {
  return new Fleet({ cluster, host: 'a', lockDelayMs: 7_000 });
}

describe('the rest of the cluster', () => {
  it('is what the records say, read again once they changed', async () => {
    const fleet = fleetOf();
    const leave = await join('b');
    const present = async (): Promise<unknown> =>
      (await fleet.view(asking())).peers.map((peer) => [peer.name, peer.present, peer.draining]);
    expect(await present()).toEqual([['b', true, false]]);
    await leave();
    await cluster.drains.put('b', { since: 'now' });
    expect(await present()).toEqual([['b', true, false]]);
    fleet.changed('hosts');
    expect(await present()).toEqual([['b', false, false]]);
    fleet.changed('drains');
    expect(await present()).toEqual([['b', false, true]]);
  });

  it('tells the longest lock delay that any host has had, also once its record is gone', async () => {
    const fleet = fleetOf();
    expect(fleet.longestLockDelayMs).toBe(7_000);
    const terms = { lockDelayMs: 30_000, fenceAfterMs: 22_000, stopTimeoutMs: 8_000 };
    await join('c', { terms: { ...terms, lockDelayMs: 3_500 } });
    await join('d');
    const leave = await join('b', { terms });
    await fleet.view(asking());
    expect(fleet.longestLockDelayMs).toBe(30_000);
    await leave();
    await cluster.hosts.remove('b');
    fleet.changed('hosts');
    await fleet.view(asking());
    expect(fleet.longestLockDelayMs).toBe(30_000);
  });

  it('throws when it cannot be read', async () => {
    const { signal: aborted } = { signal: AbortSignal.abort() };
    await expect(fleetOf().view(asking({ signal: aborted }))).rejects.toThrow();
  });

  it('matters while a slot is free, and no longer when all is held', async () => {
    const fleet = fleetOf();
    await fleet.view(asking());
    expect(fleet.isUnsettled()).toBe(true);
    const claims = new Map<SlotId, ClaimView>([['web/0', { session: 's', epoch: 1, host: 'b' }]]);
    await fleet.view(asking({ claims }));
    expect(fleet.isUnsettled()).toBe(false);
    await cluster.drains.put('a', { since: 'now' });
    fleet.changed('drains');
    await fleet.view(asking({ claims }));
    expect(fleet.isUnsettled()).toBe(true);
  });
});

describe('the turns of a host with a new session', () => {
  const since = async (fleet: Fleet, changes: Partial<FleetQuestion> = {}): Promise<unknown> =>
    (await fleet.view(asking(changes))).freeSince.get('web/0');

  it('begin at once when all hosts that it knows are there', async () => {
    await join('b');
    expect(await since(fleetOf())).toBe(1_000);
  });

  it('wait a moment for those that are not', async () => {
    const leave = await join('b');
    await leave();
    expect(await since(fleetOf())).toBe(4_000);
  });

  it('wait once, not for a host that leaves later', async () => {
    const leave = await join('b');
    const fleet = fleetOf();
    const claims = new Map<SlotId, ClaimView>([['web/0', { session: 's', epoch: 1, host: 'b' }]]);
    await fleet.view(asking({ claims }));
    await leave();
    fleet.changed('hosts');
    expect(await since(fleet, { now: 2_000 })).toBe(2_000);
  });
});

describe('the status of a replacement', () => {
  const container: ContainerView = {
    id: 'c',
    name: 'c',
    slot: { pod: 'web', index: 0 },
    container: 'app',
    role: 'main',
    state: 'running',
    health: 'none',
    configHash: '',
    revision: 'r',
    image: 'web:1',
    imageId: '',
    hostPorts: {},
    gpus: [],
    createdAt: 0,
  };
  const claims = new Map<SlotId, ClaimView>([['web/0', { session: 's', epoch: 4, host: 'b' }]]);
  const status: SlotStatus = {
    pod: 'web',
    index: 0,
    host: 'b',
    phase: 'healthy',
    containers: [],
    restarts: 0,
    revision: 'r',
    epoch: 4,
    since: 'now',
  };

  it.each([
    ['healthy', true],
    ['running', true],
    ['starting', false],
    ['unhealthy', false],
  ] as const)('is read where two copies are allowed: %s', async (phase, serving) => {
    await cluster.statuses.put({ ...status, phase });
    const pods = podOf({ exclusive: false });
    const { replacements } = await fleetOf().view(asking({ pods, claims, containers: [container] }));
    expect([...replacements]).toEqual([['web/0', { epoch: 4, serving }]]);
  });

  it('is not read where they are not, nor when it is our own of before', async () => {
    await cluster.statuses.put(status);
    const exclusive = await fleetOf().view(asking({ claims, containers: [container] }));
    expect(exclusive.replacements.size).toBe(0);
    await cluster.statuses.put({ ...status, host: 'a' });
    const pods = podOf({ exclusive: false });
    expect((await fleetOf().view(asking({ pods, claims, containers: [container] }))).replacements.size).toBe(
      0,
    );
  });
});
