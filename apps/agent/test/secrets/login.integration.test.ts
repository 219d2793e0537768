import { eventually, uniqueName } from '@raftainer/testing';
import { afterAll, afterEach, beforeAll, expect, it, onTestFinished, vi } from 'vitest';

import { removePod } from '../features/support/remove-pod.js';
import { sh, slotContainer } from '../features/support/slot-container.js';
import { raftainer } from '../support/cli-process.js';
import { sleeper } from '../support/definitions.js';
import { startFaultProxy } from '../support/fault-proxy.js';
import { startSecretGround } from '../support/secret-ground.js';
import { TestHost } from '../support/test-host.js';

import type { Definition } from '../support/definitions.js';
import type { FaultProxy } from '../support/fault-proxy.js';
import type { SecretGround } from '../support/secret-ground.js';
import type { TestDatabase } from '../support/test-database.js';
import type { TestVault } from '../support/test-vault.js';
import type { RealConsul } from '@raftainer/testing';

// Stories of several acts, each with deadlines of its own.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const PATIENCE = { timeoutMs: 90_000, intervalMs: 250 };

let ground: SecretGround;
let vault: TestVault;
let database: TestDatabase;
let consul: RealConsul;
let proxy: FaultProxy;
let image: string;
let folder: string;
let host: TestHost | undefined;

beforeAll(async () => {
  ground = await startSecretGround();
  ({ vault, database, consul, image, folder } = ground);
  proxy = await startFaultProxy(vault.server);
});

afterEach(async () => {
  await host?.close();
  host = undefined;
});

afterAll(async () => {
  await proxy.close();
  await ground.close();
});

async function newHost(tokens: { readonly ttl: string; readonly max: string }): Promise<TestHost> {
  await vault.agentTokens(tokens);
  host = await TestHost.create({
    sharedConsul: consul,
    environment: {
      ...(await vault.environment()),
      VAULT_ADDR: `http://${proxy.host}:${String(proxy.port)}`,
      RAFTAINER_SECRETS_DIR: folder,
      RAFTAINER_SECRETS_POLL: '1s',
      RAFTAINER_SECRETS_SPLAY: '0s',
    },
  });
  return host;
}

/** A key of KV and a user of the database in files, which are replaced without a word. */
function podOf(name: string, instances: number): Definition {
  const file = (path: string, content: object): object => ({ path, content, onChange: 'none' });
  const files = [
    file('/run/kv/token', { vault: { path: `secret/${name}`, key: 'token' } }),
    file('/run/db/login', { database: { role: name, template: '{{username}} {{password}}' } }),
  ];
  return { name, instances, containers: [sleeper(image, { files })] };
}

interface Credentials {
  readonly user: string;
  readonly password: string;
}

async function credentialsIn(on: TestHost, pod: string, index = 0): Promise<Credentials> {
  const { id } = await slotContainer(on, pod, { index });
  const [user = '', password = ''] = (await sh(on, id, 'cat /run/db/login')).split(' ');
  return { user, password };
}

/** Which containers of a pod run, and since when: the same as long as nobody touches them. */
async function runsOf(on: TestHost, pod: string): Promise<readonly string[]> {
  const all = await on.containers(pod);
  const runs = all.map(async ({ id }) => {
    const { state, startedAt } = await on.docker.containers.inspect(id);
    return `${id} ${state} ${String(startedAt)}`;
  });
  return (await Promise.all(runs)).sort();
}

function logins(on: TestHost): number {
  return on.agent.log.filter(({ msg }) => msg === 'Logged in to Vault').length;
}

function askedLogins(): number {
  return proxy.requests.filter((line) => line === 'POST /v1/auth/approle/login').length;
}

it('a login that reaches its maximum is followed by another, and no pod is restarted for it', async () => {
  const pod = uniqueName('m').slice(0, 8);
  await database.role(vault, pod, { ttl: '1h', max: '24h' });
  await vault.admin.kv.write(`secret/${pod}`, { token: 'early' });
  const askedBefore = askedLogins();
  const startedAt = Date.now();
  const on = await newHost({ ttl: '3s', max: '8s' });
  await on.put(podOf(pod, 1));
  await on.untilRunning(pod);
  const runs = await runsOf(on, pod);
  const first = await credentialsIn(on, pod);
  const loginsBefore = logins(on);

  await eventually(() => {
    expect(logins(on)).toBeGreaterThanOrEqual(loginsBefore + 2);
  }, PATIENCE);
  await vault.admin.kv.write(`secret/${pod}`, { token: 'late' });
  await eventually(async () => {
    const [{ id }, now] = await Promise.all([slotContainer(on, pod), credentialsIn(on, pod)]);
    expect(await sh(on, id, 'cat /run/kv/token')).toBe('late');
    expect(now.user).not.toBe(first.user);
    expect(await database.lets(now)).toBe(true);
  }, PATIENCE);
  // What the first login was given went with it.
  await eventually(async () => {
    expect(await database.users(pod)).not.toContain(first.user);
  }, PATIENCE);
  expect(await runsOf(on, pod)).toEqual(runs);
  expect((await on.status(pod))?.restarts).toBe(0);
  // No token is replaced before two thirds of its first life.
  const most = 1 + Math.ceil((Date.now() - startedAt) / 2_000);
  expect(askedLogins() - askedBefore).toBeLessThanOrEqual(most);
  await removePod(on, pod);
  await eventually(async () => {
    expect(await database.users(pod)).toEqual([]);
  }, PATIENCE);
});

it('pods outlive an absence of Vault that outlasts the login, which ends with a single one', async () => {
  const pod = uniqueName('a').slice(0, 8);
  await database.role(vault, pod, { ttl: '1h', max: '24h' });
  await vault.admin.kv.write(`secret/${pod}`, { token: 'early' });
  const on = await newHost({ ttl: '6s', max: '24h' });
  await on.put(podOf(pod, 2));
  await Promise.all([0, 1].map((index) => on.untilRunning(pod, index)));
  const runs = await runsOf(on, pod);
  const before = await credentialsIn(on, pod);

  onTestFinished(() => vault.comeBack());
  const wentAt = Date.now();
  const askedBefore = askedLogins();
  await vault.goAway();
  await eventually(() => {
    expect(on.agent.log.map(({ msg }) => msg)).toContain('The login to Vault has ended');
  }, PATIENCE);
  await eventually(async () => {
    for (const index of [0, 1]) {
      const { secrets = [] } = (await on.status(pod, index)) ?? {};
      expect(secrets.map(({ staleSince }) => typeof staleSince)).toEqual(['string', 'string']);
    }
  }, PATIENCE);
  const shown = await raftainer(on, ['secrets', pod]);
  expect([shown.code, shown.output.match(/stale for/g)?.length]).toEqual([0, 4]);
  // Its lease is not over, whoever can be asked about it.
  expect(await database.lets(before)).toBe(true);
  expect(await runsOf(on, pod)).toEqual(runs);
  // Each look at a secret may try, and none of them more often than it looks.
  expect(askedLogins() - askedBefore).toBeLessThanOrEqual(5 * Math.ceil((Date.now() - wentAt) / 1_000));

  const loginsBefore = logins(on);
  await vault.comeBack();
  await vault.admin.kv.write(`secret/${pod}`, { token: 'late' });
  await eventually(async () => {
    for (const index of [0, 1]) {
      const { id } = await slotContainer(on, pod, { index });
      expect(await sh(on, id, 'cat /run/kv/token')).toBe('late');
      expect(await database.lets(await credentialsIn(on, pod, index))).toBe(true);
      const { secrets = [] } = (await on.status(pod, index)) ?? {};
      expect(secrets.map(({ staleSince }) => staleSince)).toEqual([undefined, undefined]);
    }
  }, PATIENCE);
  expect(await runsOf(on, pod)).toEqual(runs);
  for (const index of [0, 1]) expect((await on.status(pod, index))?.restarts).toBe(0);
  // One, and one more where a machine was too busy to renew it in time.
  expect(logins(on) - loginsBefore).toBeLessThanOrEqual(2);
  await removePod(on, pod);
});
