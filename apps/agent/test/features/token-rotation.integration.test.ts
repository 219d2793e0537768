import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { createCluster } from '@raftainer/cluster';
import { createConsul } from '@raftainer/consul';
import {
  ACL_CONFIG,
  ACL_MASTER,
  changeAcl,
  eventually,
  startConsul,
  testImage,
  uniqueName,
} from '@raftainer/testing';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';

import { raftainer } from '../support/cli-process.js';
import { sleepingPod } from '../support/definitions.js';
import { TestHost } from '../support/test-host.js';
import { runsOf } from '../support/witness.js';

import type { ContainerRun } from '../support/witness.js';
import type { Cluster } from '@raftainer/cluster';
import type { ConsulClient } from '@raftainer/consul';
import type { RealConsul } from '@raftainer/testing';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

/** Short enough that a lost claim shows within the test, long enough for a machine that does other things. */
const TERMS = {
  RAFTAINER_CHECK_TTL: '6s',
  RAFTAINER_FENCE_AFTER: '9s',
  RAFTAINER_FENCE_STOP_TIMEOUT: '3s',
  RAFTAINER_LOCK_DELAY: '12s',
};
/** Longer than a claim lives that nobody proves, with what is stopped then. */
const CLAIM_LIFE_MS = 14_000;

interface Token {
  readonly accessor: string;
  readonly secret: string;
}

let consul: RealConsul;
let ownersConsul: ConsulClient;
let owner: Cluster;
let folder: string;
let file: string;
let token: Token;
let hosts: readonly TestHost[] = [];
const pod = uniqueName('kept');

beforeAll(async () => {
  consul = await startConsul({
    config: ACL_CONFIG,
  });
  ownersConsul = createConsul({ host: consul.host, port: consul.port, token: ACL_MASTER });
  owner = createCluster(ownersConsul);
  await eventually(() => ownersConsul.kv.set('raftainer/ready', 'yes'), { timeoutMs: 60_000 });
  const policy = new URL('../../../../docs/policies/consul-agent.hcl', import.meta.url);
  await changeAcl(consul, {
    method: 'PUT',
    path: 'policy',
    body: { Name: 'agent', Rules: await readFile(policy, 'utf8') },
  });
  folder = await mkdtemp(join(tmpdir(), 'raftainer-token-'));
  file = join(folder, 'token');
  token = await createToken();
  await place(token);
  const environment = { ...TERMS, CONSUL_HTTP_TOKEN_FILE: file };
  hosts = await Promise.all(
    ['a', 'b'].map(async () => TestHost.create({ sharedConsul: consul, environment })),
  );
  await owner.pods.put(pod, { ...sleepingPod(pod, await testImage()), instances: 4 });
  await untilRunning(4);
});

afterAll(async () => {
  await Promise.all(hosts.map(async (host) => host.close()));
  ownersConsul.close();
  await consul.stop();
  await rm(folder, { recursive: true });
});

afterEach(({ task }) => {
  if (task.result?.state !== 'fail') return;
  for (const host of hosts) process.stderr.write(`${host.name}:\n${host.agent.output.slice(-4_000)}\n`);
});

async function createToken(): Promise<Token> {
  const { AccessorID = '', SecretID = '' } = await changeAcl(consul, {
    method: 'PUT',
    path: 'token',
    body: { Policies: [{ Name: 'agent' }] },
  });
  return { accessor: AccessorID, secret: SecretID };
}

async function deleteToken({ accessor }: Token): Promise<void> {
  await changeAcl(consul, { method: 'DELETE', path: `token/${accessor}` });
}

async function place({ secret }: Token): Promise<void> {
  await writeFile(`${file}.new`, `${secret}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

async function runs(): Promise<readonly ContainerRun[]> {
  return (await Promise.all(hosts.map(async (host) => runsOf(host, pod)))).flat();
}

async function running(): Promise<number> {
  const lists = await Promise.all(hosts.map(async (host) => host.containers(pod)));
  return lists.flat().filter(({ state }) => state === 'running').length;
}

async function untilRunning(count: number): Promise<void> {
  await eventually(
    async () => {
      expect(await running()).toBe(count);
    },
    { timeoutMs: 90_000, intervalMs: 200 },
  );
}

/** Epochs say how often the slots were claimed: the same ones are claims that nobody lost. */
async function epochs(): Promise<readonly string[]> {
  const claims = await owner.claims.list();
  return claims.filter((claim) => claim.pod === pod).map(({ index, epoch }) => `${index}:${epoch}`);
}

/** Work that goes on meanwhile: pods come and go. */
async function underLoad(work: () => Promise<void>): Promise<void> {
  const ending = new AbortController();
  const load = (async (): Promise<void> => {
    const name = uniqueName('load');
    const image = await testImage();
    for (let round = 0; !ending.signal.aborted; round += 1) {
      await owner.pods.put(name, { ...sleepingPod(name, image), instances: round % 2 });
      await sleep(1_500);
    }
    await owner.pods.remove(name);
  })();
  try {
    await work();
  } finally {
    ending.abort();
    await load;
  }
}

it('in the right order nothing is restarted and no claim is lost, and what is registered goes with its slot', async () => {
  const before = { runs: await runs(), epochs: await epochs() };
  await underLoad(async () => {
    const old = token;
    token = await createToken();
    await place(token);
    await sleep(10_000);
    await deleteToken(old);
    await sleep(CLAIM_LIFE_MS);
  });
  expect({ runs: await runs(), epochs: await epochs() }).toEqual(before);
  expect((await ownersConsul.services.health(pod, { passing: true })).length).toBe(4);
  // The old token is gone: only what was registered anew can be taken back.
  await owner.pods.put(pod, { ...sleepingPod(pod, await testImage()), instances: 2 });
  await eventually(
    async () => {
      expect((await ownersConsul.services.health(pod)).length).toBe(2);
    },
    { timeoutMs: 30_000 },
  );
  await untilRunning(2);
});

it('a token that ends the moment the next is written costs nothing', async () => {
  const before = { runs: await runs(), epochs: await epochs() };
  const old = token;
  token = await createToken();
  await Promise.all([place(token), deleteToken(old)]);
  await sleep(CLAIM_LIFE_MS);
  expect({ runs: await runs(), epochs: await epochs() }).toEqual(before);
});

it('guards that hold for an agent that is away go on with a new token', async () => {
  const before = await runs();
  const [host] = hosts;
  await host?.agent.end('SIGTERM');
  const old = token;
  token = await createToken();
  await Promise.all([place(token), deleteToken(old)]);
  await sleep(CLAIM_LIFE_MS);
  expect(await runs()).toEqual(before);
  host?.agent.start();
  await sleep(5_000);
  expect(await runs()).toEqual(before);
});

it('a token that is refused is told, stops what is exclusive, and heals by itself', async () => {
  const [host] = hosts;
  if (host === undefined) throw new Error('no host');
  await deleteToken(token);
  await untilRunning(0);
  const said = host.agent.log.find(({ msg }) => String(msg).startsWith('Consul refuses the token'));
  expect(JSON.stringify(said)).toContain(`Write a valid one there`);
  expect(host.agent.output).not.toContain(token.secret);
  const shown = await raftainer(host, ['ps', '--token', ACL_MASTER], {
    environment: { RAFTAINER_STATE_DIR: host.stateDir },
  });
  expect(shown.output).toContain(`the agent of this host, ${host.name}, cannot use Consul since`);
  token = await createToken();
  await place(token);
  const startedAt = performance.now();
  await untilRunning(2);
  process.stderr.write(`healed after ${Math.round(performance.now() - startedAt)} ms\n`);
  await eventually(
    () => {
      expect(host.agent.output).toContain('Consul takes the token again');
    },
    { timeoutMs: 10_000 },
  );
});
