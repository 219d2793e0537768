import type { ConsulClient } from '@raftainer/consul';
import { createConsul, isConsulError } from '@raftainer/consul';
import { uniqueName } from '@raftainer/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClaimInfo, Cluster, HostRecord, PodVerdict, SlotStatus, WakeUp } from '../src/index.js';
import {
  claimKey,
  createCluster,
  secretLeasesKey,
  drainKey,
  hostKey,
  MAX_VALUE_BYTES,
  podConfigKey,
  statusKey,
  verdictsKey,
} from '../src/index.js';
import type { TestServer } from './servers.js';
import { SERVERS } from './servers.js';

const pod = (name: string, more: object = {}): object => ({
  name,
  containers: [{ name: 'app', image: 'busybox:1' }],
  ...more,
});

const info: ClaimInfo = { host: 'n1', region: 'eu', revision: 'abc', since: '2026-01-01T00:00:00Z' };

const hostRecord: HostRecord = {
  host: 'n1',
  internalIp: '10.0.0.1',
  agentVersion: '0.1.0',
  facts: {
    hostname: 'n1',
    cpu: { cores: 4, architecture: 'x86_64' },
    memory: { totalBytes: 8e9 },
    disk: { totalBytes: 1e11 },
    os: { platform: 'linux' },
    kernel: { version: '6.1.0' },
    labels: { zone: 'a' },
    gpus: [{ id: '0', vendor: 'NVIDIA', model: 'L4', vramBytes: 24e9 }],
  },
  labels: { zone: 'a' },
  instance: 'one',
  since: '2026-01-01T00:00:00Z',
};

const status: SlotStatus = {
  pod: 'web',
  index: 0,
  host: 'n1',
  phase: 'healthy',
  containers: [
    {
      name: 'app',
      id: 'f00',
      image: 'busybox:1',
      state: 'running',
      health: 'healthy',
      ports: [{ name: 'http', hostIp: '10.0.0.1', hostPort: 30_000, containerPort: 80, protocol: 'tcp' }],
    },
  ],
  restarts: 2,
  revision: 'abc',
  epoch: 1,
  since: '2026-01-01T00:00:00Z',
};

describe.each(SERVERS)('cluster on $name', (kind) => {
  let server: TestServer;
  let consul: ConsulClient;
  let prefix: string;
  let cluster: Cluster;

  beforeAll(async () => {
    server = await kind.start();
    consul = createConsul({ host: server.host, port: server.port });
  });

  afterAll(async () => {
    consul.close();
    await server.stop();
  });

  beforeEach(() => {
    prefix = uniqueName('cluster');
    cluster = createCluster(consul, { prefix });
  });

  const session = (lockDelayMs = 0): Promise<string> =>
    consul.sessions.create({ name: 'test', ttlMs: 60_000, lockDelayMs, behavior: 'release' });

  describe('pods', () => {
    it('are none under an empty prefix', async () => {
      expect((await cluster.pods.list()).pods).toEqual([]);
      expect(await cluster.pods.get('web')).toBeUndefined();
    });

    it('come back as they were put', async () => {
      expect(await cluster.pods.put('web', pod('web', { instances: 3 }))).toBe(true);
      const { pods, index } = await cluster.pods.list();
      expect(pods).toMatchObject([{ name: 'web', result: { ok: true, pod: { name: 'web', instances: 3 } } }]);
      expect(index).toBeGreaterThanOrEqual(pods[0]!.modifyIndex);
      expect(await cluster.pods.get('web')).toEqual(pods[0]);
    });

    it('are listed all, whatever nonsense others wrote between them', async () => {
      const texts: Record<string, string> = {
        'bad-json': '{"name": "bad-json",',
        'not-utf': '\u0000',
        empty: '',
        list: '[]',
        'other-name': JSON.stringify(pod('web')),
        'wrong-field': JSON.stringify(pod('wrong-field', { instancs: 2 })),
        Upper: JSON.stringify(pod('Upper')),
        'a b': JSON.stringify(pod('a b')),
        'foo/bar': JSON.stringify(pod('bar')),
      };
      for (const [name, text] of Object.entries(texts)) {
        await consul.kv.set(`${prefix}/pods/configs/${name}`, text);
      }
      await consul.kv.set(`${prefix}/pods/configs/folder/`, '');
      await cluster.pods.put('web', pod('web'));

      const { pods } = await cluster.pods.list();
      expect(pods.filter(({ result }) => result.ok).map(({ name }) => name)).toEqual(['web']);
      const bad = pods.filter(({ result }) => !result.ok);
      expect(bad.map(({ name }) => name).sort()).toEqual(Object.keys(texts).sort());
      expect(bad.every(({ result }) => !result.ok && result.problems.length > 0)).toBe(true);
      expect(bad.find(({ name }) => name === 'wrong-field')?.result).toMatchObject({
        problems: [{ path: 'instancs', suggestion: expect.stringContaining('instances') as string }],
      });
      for (const { name } of bad) {
        expect(await cluster.pods.remove(name)).toBe(true);
      }
      expect((await cluster.pods.list()).pods.map(({ name }) => name)).toEqual(['web']);
    });

    it('change their result with their text', async () => {
      const key = podConfigKey('web', prefix);
      await consul.kv.set(key, 'x');
      expect((await cluster.pods.list()).pods[0]?.result.ok).toBe(false);
      await consul.kv.set(key, JSON.stringify(pod('web')));
      expect((await cluster.pods.list()).pods[0]?.result.ok).toBe(true);
      await consul.kv.set(key, JSON.stringify(pod('other')));
      expect((await cluster.pods.list()).pods[0]?.result.ok).toBe(false);
    });

    it('are not overwritten when somebody else was faster', async () => {
      expect(await cluster.pods.put('web', pod('web'), { cas: 0 })).toBe(true);
      expect(await cluster.pods.put('web', pod('web', { instances: 2 }), { cas: 0 })).toBe(false);
      const { modifyIndex } = (await cluster.pods.get('web'))!;
      await cluster.pods.put('web', pod('web', { instances: 3 }));
      expect(await cluster.pods.put('web', pod('web', { instances: 4 }), { cas: modifyIndex })).toBe(false);
      expect(await cluster.pods.remove('web', { cas: modifyIndex })).toBe(false);
      expect((await cluster.pods.get('web'))?.result).toMatchObject({ pod: { instances: 3 } });
    });

    it('of 600 kB are refused with both sizes, and one of exactly 512 kB is stored', async () => {
      const overhead = Buffer.byteLength(JSON.stringify(pod('web', { labels: { x: '' } })));
      const sized = (bytes: number): string =>
        JSON.stringify(pod('web', { labels: { x: 'y'.repeat(bytes - overhead) } }));
      await expect(cluster.pods.put('web', sized(600_000))).rejects.toMatchObject({
        code: 'CLUSTER_VALUE_TOO_LARGE',
        message: expect.stringMatching(/pod "web" is 600000 bytes.*524288/) as string,
      });
      expect(await cluster.pods.get('web')).toBeUndefined();
      expect(await cluster.pods.put('web', sized(MAX_VALUE_BYTES))).toBe(true);
    });

    it('are never stored under another name, or one that no key can hold', async () => {
      await expect(cluster.pods.put('web', pod('db'))).rejects.toMatchObject({
        code: 'CLUSTER_NAME_MISMATCH',
      });
      await expect(cluster.pods.put('a/b', pod('a/b'))).rejects.toMatchObject({
        code: 'CLUSTER_INVALID_NAME',
      });
      expect((await cluster.pods.list()).pods).toEqual([]);
    });

    it('a failed read throws and is not taken for an empty one', async () => {
      const nowhere = createConsul({ host: '127.0.0.1', port: 1 });
      const error: unknown = await createCluster(nowhere)
        .pods.list({ timeoutMs: 5000 })
        .catch((reason: unknown) => reason);
      expect(isConsulError(error)).toBe(true);
      nowhere.close();
    });
  });

  describe('scale', () => {
    const text = '{ "name":"web",\n\t"containers" : [ {"name":"app","image":"busybox:1"} ]\n}';

    it('changes the number and no other character', async () => {
      await cluster.pods.put('web', text);
      expect(await cluster.pods.scale('web', 4)).toEqual({ name: 'web', from: 1, to: 4, changed: true });
      expect(await cluster.pods.scale('web', 4)).toEqual({ name: 'web', from: 4, to: 4, changed: false });
      const stored = await consul.kv.get(podConfigKey('web', prefix));
      expect(stored?.value).toBe(text.replace('{ "name"', '{ "instances": 4, "name"'));
    });

    it('loses none of twenty changes that others make meanwhile', async () => {
      await cluster.pods.put('web', pod('web', { labels: {} }));
      const edits = Array.from({ length: 10 }, async (_, index) => {
        for (let done = false; !done;) {
          const entry = (await consul.kv.get(podConfigKey('web', prefix)))!;
          const data = JSON.parse(entry.value) as { labels: Record<string, string> };
          data.labels[`l${index}`] = 'x';
          done = await consul.kv.cas(entry.key, JSON.stringify(data), entry.modifyIndex);
        }
      });
      const scales = Array.from({ length: 10 }, (_, index) => cluster.pods.scale('web', index + 2));
      await Promise.all([...edits, ...scales]);
      const { result } = (await cluster.pods.get('web'))!;
      expect(result.ok && Object.keys(result.pod.labels)).toHaveLength(10);
      expect(result.ok && result.pod.instances).toBeGreaterThan(1);
    });

    it('says what is missing or wrong, and writes nothing', async () => {
      await expect(cluster.pods.scale('web', 2)).rejects.toMatchObject({ code: 'CLUSTER_POD_NOT_FOUND' });
      await consul.kv.set(podConfigKey('web', prefix), '{');
      await expect(cluster.pods.scale('web', 2)).rejects.toMatchObject({ code: 'CLUSTER_POD_INVALID' });
      await cluster.pods.put('web', text);
      await expect(cluster.pods.scale('web', -1)).rejects.toMatchObject({ code: 'CLUSTER_POD_INVALID' });
      await expect(cluster.pods.scale('web', 1.5)).rejects.toMatchObject({ code: 'CLUSTER_POD_INVALID' });
      expect((await consul.kv.get(podConfigKey('web', prefix)))?.value).toBe(text);
    });
  });

  describe('claims', () => {
    it('are held by one session, and count their holders', async () => {
      const [first, second] = [await session(), await session()];
      expect(await cluster.claims.list()).toEqual([]);
      expect(await cluster.claims.get('web', 0)).toBeUndefined();
      expect(await cluster.claims.acquire({ pod: 'web', index: 0, session: first }, info)).toBe(true);
      expect(await cluster.claims.acquire({ pod: 'web', index: 0, session: second }, info)).toBe(false);
      expect(await cluster.claims.list()).toMatchObject([
        { pod: 'web', index: 0, session: first, epoch: 1, info },
      ]);

      expect(await cluster.claims.release({ pod: 'web', index: 0, session: second })).toBe(false);
      expect(await cluster.claims.release({ pod: 'web', index: 0, session: first })).toBe(true);
      const free = await cluster.claims.get('web', 0);
      expect(free).toMatchObject({ epoch: 1 });
      expect(free).not.toHaveProperty('session');
      expect(free).not.toHaveProperty('info');

      expect(await cluster.claims.acquire({ pod: 'web', index: 0, session: second }, info)).toBe(true);
      expect(await cluster.claims.get('web', 0)).toMatchObject({ session: second, epoch: 2 });
    });

    it('are rewritten only by their holder, and a rewrite never takes a free slot', async () => {
      const [holder, other] = [await session(), await session()];
      const slot = { pod: 'web', index: 1 };
      const next = { ...info, revision: 'def' };
      expect(await cluster.claims.update({ ...slot, session: holder }, next)).toBe(false);
      await cluster.claims.acquire({ ...slot, session: holder }, info);
      expect(await cluster.claims.update({ ...slot, session: other }, next)).toBe(false);
      expect(await cluster.claims.update({ ...slot, session: holder }, next)).toBe(true);
      expect(await cluster.claims.get('web', 1)).toMatchObject({ session: holder, epoch: 1, info: next });
      await cluster.claims.release({ ...slot, session: holder });
      expect(await cluster.claims.update({ ...slot, session: holder }, next)).toBe(false);
      expect(await cluster.claims.get('web', 1)).not.toHaveProperty('session');
    });

    it('are removed only when nobody holds them', async () => {
      const holder = await session();
      const slot = { pod: 'web', index: 0, session: holder };
      await cluster.claims.acquire(slot, info);
      const { modifyIndex } = (await cluster.claims.get('web', 0))!;
      expect(await cluster.claims.remove('web', 0)).toBe(false);
      await cluster.claims.release(slot);
      expect(await cluster.claims.remove('web', 0, { cas: modifyIndex })).toBe(false);
      expect(await cluster.claims.remove('web', 0)).toBe(true);
      expect(await cluster.claims.remove('web', 0)).toBe(true);
      expect(await cluster.claims.list()).toEqual([]);
    });

    it('keep their holder when what they say is malformed, and strange keys are left out', async () => {
      const holder = await session();
      await consul.kv.acquire(claimKey('web', 0, prefix), '{"host": 1}', holder);
      await consul.kv.set(`${prefix}/pods/locks/web/x.lock`, 'x');
      await consul.kv.set(`${prefix}/pods/locks/web`, 'x');
      const [claim, ...others] = await cluster.claims.list();
      expect(others).toEqual([]);
      expect(claim).toMatchObject({ session: holder, problem: 'host: expected a string' });
      expect(claim).not.toHaveProperty('info');
    });

    it('tell who held a slot last when its session is gone', async () => {
      const holder = await session();
      await cluster.claims.acquire({ pod: 'web', index: 0, session: holder }, info);
      await consul.sessions.destroy(holder);
      const claim = await cluster.claims.get('web', 0);
      expect(claim).toMatchObject({ info });
      expect(claim).not.toHaveProperty('session');
    });
  });

  describe('hosts', () => {
    it('have one agent, and the second learns who it is', async () => {
      const [first, second] = [await session(), await session()];
      expect(await cluster.hosts.acquire(first, hostRecord)).toEqual({ acquired: true });
      expect(await cluster.hosts.acquire(second, { ...hostRecord, instance: 'two' })).toMatchObject({
        acquired: false,
        holder: { host: 'n1', session: first, record: hostRecord },
      });
      expect(await cluster.hosts.list()).toMatchObject([{ host: 'n1', session: first, record: hostRecord }]);
    });

    it('are updated and released only by their agent, and stay known when absent', async () => {
      const [first, second] = [await session(), await session()];
      const changed = { ...hostRecord, region: 'eu' };
      expect(await cluster.hosts.update(first, changed)).toBe(false);
      await cluster.hosts.acquire(first, hostRecord);
      expect(await cluster.hosts.update(second, changed)).toBe(false);
      expect(await cluster.hosts.update(first, changed)).toBe(true);
      expect(await cluster.hosts.remove('n1')).toBe(false);
      expect(await cluster.hosts.release(second, hostRecord)).toBe(false);
      expect(await cluster.hosts.release(first, changed)).toBe(true);
      const absent = await cluster.hosts.get('n1');
      expect(absent).toMatchObject({ record: changed });
      expect(absent).not.toHaveProperty('session');
      expect(await cluster.hosts.remove('n1')).toBe(true);
      expect(await cluster.hosts.list()).toEqual([]);
    });

    it('say when the lock delay of the last agent still runs', async () => {
      const [first, second] = [await session(60_000), await session()];
      await cluster.hosts.acquire(first, hostRecord);
      await consul.sessions.destroy(first);
      const refused = await cluster.hosts.acquire(second, hostRecord);
      expect(refused).toMatchObject({ acquired: false, holder: { host: 'n1', record: hostRecord } });
      expect(refused).not.toHaveProperty('holder.session');
    });

    it('with a malformed record are still present', async () => {
      const agent = await session();
      await consul.kv.acquire(hostKey('n2', prefix), JSON.stringify({ ...hostRecord, facts: {} }), agent);
      expect(await cluster.hosts.list()).toMatchObject([
        { host: 'n2', session: agent, problem: 'facts.hostname: expected a string' },
      ]);
    });
  });

  describe('statuses', () => {
    it('come back as they were put, all or those of one pod', async () => {
      const other = { ...status, pod: 'web2' };
      await cluster.statuses.put(status);
      await cluster.statuses.put(other);
      expect((await cluster.statuses.list()).map((record) => record.status)).toEqual([status, other]);
      expect((await cluster.statuses.listFor('web')).map((record) => record.status)).toEqual([status]);
      await cluster.statuses.remove('web', 0);
      await cluster.statuses.remove('web', 0);
      expect(await cluster.statuses.listFor('web')).toEqual([]);
    });

    it('are written for the holder of the slot only, where it is named', async () => {
      const [holder, other] = [await session(), await session()];
      await cluster.claims.acquire({ pod: 'web', index: 0, session: holder }, info);
      expect(await cluster.statuses.put(status, { holder: other })).toBe(false);
      expect(await cluster.statuses.listFor('web')).toEqual([]);
      expect(await cluster.statuses.put(status, { holder })).toBe(true);
      expect(await cluster.statuses.listFor('web')).toMatchObject([{ status }]);
    });

    it('are a problem of their own when malformed', async () => {
      await consul.kv.set(statusKey('web', 0, prefix), JSON.stringify({ ...status, phase: 'dancing' }));
      await consul.kv.set(statusKey('web', 1, prefix), JSON.stringify(status));
      await consul.kv.set(statusKey('web', 2, prefix), JSON.stringify({ ...status, index: 2 }));
      expect(await cluster.statuses.list()).toMatchObject([
        { index: 0, problem: expect.stringMatching(/^phase: expected one of pending, /) as string },
        { index: 1, problem: 'is the status of web/0' },
        { index: 2, status: { index: 2 } },
      ]);
    });
  });

  describe('drains', () => {
    it('are put, read and removed', async () => {
      expect(await cluster.drains.list()).toEqual([]);
      expect(await cluster.drains.get('n1')).toBeUndefined();
      const drain = { since: '2026-01-01T00:00:00Z', reason: 'new disk' };
      await cluster.drains.put('n1', drain);
      expect(await cluster.drains.get('n1')).toMatchObject({ host: 'n1', info: drain });
      expect(await cluster.drains.list()).toMatchObject([{ host: 'n1', info: drain }]);
      await cluster.drains.remove('n1');
      await cluster.drains.remove('n1');
      expect(await cluster.drains.list()).toEqual([]);
    });

    it('count although their value cannot be read', async () => {
      await consul.kv.set(drainKey('n1', prefix), 'yes');
      expect(await cluster.drains.list()).toMatchObject([
        { host: 'n1', problem: expect.stringContaining('JSON') as string },
      ]);
    });
  });

  describe('leases of secrets', () => {
    const slot = { pod: 'web', index: 0 };
    const holdings = [{ epoch: 3, host: 'n1', leases: ['database/creds/web/abc'], tokens: ['accessor-1'] }];

    it('are written by the holder alone, and outlive its session', async () => {
      const [holder, other] = [await session(), await session()];
      await cluster.claims.acquire({ ...slot, session: holder }, info);
      expect(await cluster.secretLeases.put({ ...slot, session: other }, holdings)).toBe(false);
      expect(await cluster.secretLeases.get(slot)).toBeUndefined();
      expect(await cluster.secretLeases.put({ ...slot, session: holder }, holdings)).toBe(true);
      await consul.sessions.destroy(holder);
      expect(await cluster.secretLeases.get(slot)).toMatchObject({ holdings });
    });

    it('go when none are left, or as they were read', async () => {
      const holder = await session();
      await cluster.claims.acquire({ ...slot, session: holder }, info);
      await cluster.secretLeases.put({ ...slot, session: holder }, holdings);
      await cluster.secretLeases.put({ ...slot, session: holder }, []);
      expect(await cluster.secretLeases.get(slot)).toBeUndefined();
      await cluster.secretLeases.put({ ...slot, session: holder }, holdings);
      const read = await cluster.secretLeases.get(slot);
      if (read === undefined) throw new Error('it was written');
      await cluster.secretLeases.put({ ...slot, session: holder }, []);
      await cluster.secretLeases.put({ ...slot, session: holder }, holdings);
      expect(await cluster.secretLeases.remove(read)).toBe(false);
    });

    it('are none, with a problem, when malformed', async () => {
      await consul.kv.set(secretLeasesKey('web', 0, prefix), '[]');
      expect(await cluster.secretLeases.get(slot)).toMatchObject({
        holdings: [],
        problem: 'expected an object',
      });
    });
  });

  describe('verdicts', () => {
    const verdicts: readonly PodVerdict[] = [
      {
        pod: 'web',
        eligible: false,
        revision: 'r1',
        failures: [
          {
            rule: 'cpu',
            attribute: 'cpu.cores',
            operator: '>=',
            required: 8,
            actual: 4,
            message: 'needs 8 cores',
          },
        ],
        problems: ['kind: periodic is not supported yet'],
      },
    ];

    it('come back as they were put', async () => {
      await cluster.verdicts.put('n1', verdicts);
      expect(await cluster.verdicts.list()).toMatchObject([{ host: 'n1', verdicts }]);
      await cluster.verdicts.remove('n1');
      expect(await cluster.verdicts.list()).toEqual([]);
    });

    it('are empty, with a problem, when malformed', async () => {
      await consul.kv.set(verdictsKey('n1', prefix), '{}');
      await cluster.verdicts.put('n2', verdicts);
      expect(await cluster.verdicts.list()).toMatchObject([
        { host: 'n1', verdicts: [], problem: 'expected a list' },
        { host: 'n2', verdicts },
      ]);
    });
  });

  it.each(['pods', 'claims', 'hosts', 'statuses', 'verdicts'] as const)(
    '%s wake those who watch',
    async (kind) => {
      const end = new AbortController();
      const wakes: AsyncIterator<WakeUp> = cluster[kind]
        .watch({ signal: end.signal })
        [Symbol.asyncIterator]();
      expect((await wakes.next()).done).toBe(false);
      const holder = await session();
      const change = {
        pods: () => cluster.pods.put('web', pod('web')),
        claims: () => cluster.claims.acquire({ pod: 'web', index: 0, session: holder }, info),
        hosts: () => cluster.hosts.acquire(holder, hostRecord),
        statuses: () => cluster.statuses.put(status),
        verdicts: () => cluster.verdicts.put('n1', []),
      };
      const next = wakes.next();
      await change[kind]();
      expect(await next).toMatchObject({ done: false, value: { index: expect.any(Number) as number } });
      end.abort();
      // The iteration ends, after a change that may have been under way.
      for (let done: boolean | undefined = false; done !== true;) {
        done = (await wakes.next()).done;
      }
    },
  );

  it('refuses a prefix that cannot be one', () => {
    expect(() => createCluster(consul, { prefix: '/x/' })).toThrow(
      expect.objectContaining({ code: 'CLUSTER_INVALID_NAME' }),
    );
  });
});
