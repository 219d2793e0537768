import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createCluster } from '@raftainer/cluster';
import { createConsul } from '@raftainer/consul';
import { startEmbeddedConsul } from '@raftainer/embedded';
import { createLogger } from '@raftainer/logger';
import { eventually } from '@raftainer/testing';

import { startFaultProxy } from '../../test/support/fault-proxy.js';
import { Reporter } from './reporter.js';

import type { FaultProxy } from '../../test/support/fault-proxy.js';
import type { Cluster, SlotStatus } from '@raftainer/cluster';
import type { ConsulClient } from '@raftainer/consul';
import type { EmbeddedConsul } from '@raftainer/embedded';
import type { Plan, SlotStatusPlan } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';

let server: EmbeddedConsul;
let proxy: FaultProxy;
let consul: ConsulClient;
let cluster: Cluster;
let reporter: Reporter;
let held: ReadonlyMap<SlotId, { readonly session: string }>;
let writes: string[];

beforeEach(async () => {
  server = await startEmbeddedConsul({ port: 0 });
  proxy = await startFaultProxy(server);
  writes = [];
  proxy.delayMs = ({ method, url = '' }) => {
    if (method !== 'GET')
      writes.push(`${method ?? ''} ${decodeURIComponent(url.replace(/^\/v1\/kv\/|\?.*$/g, ''))}`);
    return 0;
  };
  consul = createConsul(proxy);
  cluster = createCluster(consul);
  reporter = newReporter();
  const session = await consul.sessions.create({ name: 'host-a' });
  held = new Map([['web/0', { session }]]);
  await cluster.claims.acquire({ pod: 'web', index: 0, session }, CLAIM);
  writes = [];
});

afterEach(async () => {
  consul.close();
  await proxy.close();
  await server.close();
});

function newReporter(): Reporter {
  return new Reporter({ cluster, host: 'host-a', logger: createLogger({ name: 'test', level: 'silent' }) });
}

function planOf(phase?: SlotStatusPlan['phase'], changes: Partial<Plan> = {}): Plan {
  const status = { revision: 'r1', epoch: 1, containers: [], failures: 0 };
  return {
    ...{ slots: new Map(), cancel: [], deaths: [], health: new Map(), secrets: new Map(), verdicts: [] },
    statuses: new Map(phase === undefined ? [] : [['web/0', { ...status, phase }]]),
    ...changes,
  };
}

async function stored(): Promise<SlotStatus | undefined> {
  return (await cluster.statuses.listFor('web'))[0]?.status;
}

async function until(phase: SlotStatus['phase']): Promise<SlotStatus> {
  return eventually(async () => {
    const status = await stored();
    if (status?.phase !== phase) throw new Error(`it is ${String(status?.phase)}`);
    return status;
  });
}

/** The status and the check that the slot is still held, in one. */
const STATUS_WRITE = 'PUT /v1/txn';
const CLAIM = { host: 'host-a', revision: 'r1', since: '2026-01-01T00:00:00.000Z' };

describe('statuses', () => {
  it('are written when they change, and only then', async () => {
    reporter.publish(planOf('starting'), held);
    const first = await until('starting');
    expect(first).toEqual({
      ...{ pod: 'web', index: 0, host: 'host-a', phase: 'starting' },
      ...{ revision: 'r1', epoch: 1, containers: [], restarts: 0, since: first.since },
    });
    for (let i = 0; i < 5; i += 1) reporter.publish(planOf('starting'), held);
    reporter.publish(planOf('running'), held);
    await until('running');
    expect(writes.filter((line) => line === STATUS_WRITE)).toHaveLength(2);
  });

  it('that were published by an earlier run are not written again', async () => {
    reporter.publish(planOf('running'), held);
    const before = await until('running');
    writes = [];
    const heir = newReporter();
    heir.publish(planOf('running'), held);
    heir.publish(planOf('running', { verdicts: [{ pod: 'x', failures: [], problems: ['bad'] }] }), held);
    await eventually(async () => (await cluster.verdicts.list()).length === 1);
    expect(writes.filter((line) => line === STATUS_WRITE)).toEqual([]);
    expect(await stored()).toEqual(before);
  });

  it('end in the latest state, however slow the writes are', async () => {
    proxy.delayMs = ({ method }) => (method === 'PUT' ? 100 : 0);
    reporter.publish(planOf('pulling'), held);
    await eventually(stored);
    for (const phase of ['starting', 'unhealthy', 'healthy'] as const) reporter.publish(planOf(phase), held);
    await until('healthy');
  });

  it('are written with the next cycle when a write failed', async () => {
    proxy.fails = ({ method }) => method === 'PUT';
    reporter.publish(planOf('running'), held);
    await eventually(() => proxy.failed() > 0);
    expect(await stored()).toBeUndefined();
    proxy.fails = () => false;
    await eventually(async () => {
      reporter.publish(planOf('running'), held);
      return (await stored()) !== undefined;
    });
  });

  it('wait for what an earlier run published to be readable', async () => {
    proxy.fails = ({ method }) => method === 'GET';
    reporter.publish(planOf('running'), held);
    await eventually(() => proxy.failed() > 0);
    proxy.fails = () => false;
    await eventually(async () => {
      reporter.publish(planOf('running'), held);
      return (await stored()) !== undefined;
    });
  });
});

it('writes no status of a slot that another session holds by now', async () => {
  const session = held.get('web/0')?.session ?? '';
  await cluster.claims.release({ pod: 'web', index: 0, session });
  const other = await consul.sessions.create({ name: 'host-b' });
  await cluster.claims.acquire({ pod: 'web', index: 0, session: other }, CLAIM);
  const theirs = {
    pod: 'web',
    index: 0,
    host: 'host-b',
    phase: 'running',
    revision: 'r1',
    epoch: 2,
  } as const;
  await cluster.statuses.put({ ...theirs, containers: [], restarts: 0, since: CLAIM.since });
  writes = [];
  reporter.publish(planOf('running'), held);
  await eventually(() => writes.includes(STATUS_WRITE));
  reporter.publish(planOf('unhealthy'), held);
  await eventually(() => writes.filter((line) => line === STATUS_WRITE).length === 2);
  expect(await stored()).toMatchObject(theirs);
  reporter.publish(planOf('running'), new Map());
  expect(writes).toHaveLength(2);
});

describe('the status of a slot that is given up', () => {
  const never = new AbortController().signal;

  it('does not come back by a write that was under way', async () => {
    proxy.delayMs = ({ method }) => (method === 'PUT' ? 200 : 0);
    reporter.publish(planOf('running'), held);
    reporter.publish(planOf('stopping'), held);
    await reporter.remove('web/0', never);
    reporter.publish(planOf('stopping'), held);
    reporter.publish(planOf(), held);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await stored()).toBeUndefined();
  });

  it('is written again when the slot is taken again, or kept after all', async () => {
    reporter.publish(planOf('running'), held);
    await until('running');
    await reporter.remove('web/0', never);
    reporter.publish(planOf('stopping'), held);
    reporter.publish(planOf('running'), held);
    await until('running');
    await reporter.remove('web/0', never);
    reporter.publish(planOf(), held);
    reporter.publish(planOf('starting'), held);
    await until('starting');
  });
});

describe('verdicts', () => {
  const refusing = (problem: string): Plan =>
    planOf(undefined, { verdicts: [{ pod: 'bad', failures: [], problems: [problem] }] });

  async function problems(): Promise<readonly string[]> {
    const [record] = await cluster.verdicts.list();
    return record?.verdicts.flatMap((verdict) => verdict.problems ?? []) ?? [];
  }

  it('are written when they change, and end in the latest state', async () => {
    reporter.publish(planOf(), held);
    reporter.publish(refusing('one'), held);
    await eventually(async () => (await problems()).includes('one'));
    expect(writes).toEqual(['PUT raftainer/pods/verdicts/host-a']);
    proxy.delayMs = ({ method }) => (method === 'PUT' ? 100 : 0);
    reporter.publish(refusing('two'), held);
    reporter.publish(refusing('three'), held);
    await eventually(async () => {
      expect(await problems()).toEqual(['three']);
    });
    reporter.publish(planOf(), held);
    await eventually(async () => {
      expect(await problems()).toEqual([]);
    });
  });
});
