import { createCluster } from '@raftainer/cluster';
import { createConsul } from '@raftainer/consul';
import { startEmbeddedConsul } from '@raftainer/embedded';
import { parsePod } from '@raftainer/pod-spec';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { Relatives } from './relatives.js';

import type { RelativesQuestion } from './relatives.js';
import type { Cluster, SlotStatus } from '@raftainer/cluster';
import type { ConsulClient } from '@raftainer/consul';

const { signal } = new AbortController();
const STATUS: SlotStatus = {
  ...{ pod: 'web', index: 0, host: 'b', phase: 'running', containers: [] },
  ...{ restarts: 0, revision: 'new', epoch: 1, since: 'then' },
};

let server: Awaited<ReturnType<typeof startEmbeddedConsul>>;
let consul: ConsulClient;
let cluster: Cluster;

beforeAll(async () => {
  server = await startEmbeddedConsul({ port: 0 });
  consul = createConsul({ host: server.host, port: server.port });
  cluster = createCluster(consul);
});

afterAll(async () => {
  consul.close();
  await server.close();
});

/** This host holds slot 1 of the pod, which names this revision. */
function asking(now: number, changes: object, revision = 'old'): RelativesQuestion {
  const result = parsePod({ name: 'web', containers: [{ name: 'app', image: 'web:1' }], ...changes });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return {
    ...{ now, signal, sessions: { exclusive: 's1', shared: 's2' } },
    pods: new Map([['web', { state: 'valid', pod: result.pod, revision: 'new', definedAt: 1 }]]),
    claims: new Map([['web/1', { session: 's1', epoch: 1, host: 'a', revision }]]),
  };
}

it.each([{ instances: 2 }, { kind: 'system' }])('are seen while a slot is edited: %j', async (changes) => {
  const relatives = new Relatives(cluster.statuses);
  await cluster.statuses.put(STATUS);
  const well = { epoch: 1, revision: 'new', wellSince: 1_000 };
  expect(await relatives.view(asking(1_000, changes))).toEqual(new Map([['web/0', well]]));
  expect(await relatives.view(asking(5_000, changes))).toEqual(new Map([['web/0', well]]));
  await cluster.statuses.put({ ...STATUS, restarts: 1 });
  const again = { ...well, wellSince: 6_000 };
  expect(await relatives.view(asking(6_000, changes))).toEqual(new Map([['web/0', again]]));
  await cluster.statuses.put({ ...STATUS, phase: 'unhealthy' });
  expect(await relatives.view(asking(7_000, changes))).toEqual(
    new Map([['web/0', { epoch: 1, revision: 'new' }]]),
  );
});

it('are not read when nothing is edited, and a failed read is not one of nobody', async () => {
  const relatives = new Relatives(cluster.statuses);
  expect((await relatives.view(asking(1_000, { instances: 2 }, 'new'))).size).toBe(0);
  const question = { ...asking(1_000, { instances: 2 }), signal: AbortSignal.abort() };
  await expect(relatives.view(question)).rejects.toThrow();
});
