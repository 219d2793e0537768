import { eventually, uniqueName } from '@raftainer/testing';
import { afterAll, afterEach, beforeAll, expect, it, onTestFinished, vi } from 'vitest';

import { removePod } from '../features/support/remove-pod.js';
import { sh, slotContainer } from '../features/support/slot-container.js';
import { raftainer } from '../support/cli-process.js';
import { sleeper } from '../support/definitions.js';
import { createPrivateEngine, privateEngineObstacle } from '../support/private-engine.js';
import { startSecretGround } from '../support/secret-ground.js';
import type { TestHost } from '../support/test-host.js';

import type { Definition } from '../support/definitions.js';
import type { SecretGround } from '../support/secret-ground.js';
import type { TestDatabase } from '../support/test-database.js';
import type { TestVault } from '../support/test-vault.js';

// A story of several acts, each with deadlines of its own.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const PATIENCE = { timeoutMs: 90_000, intervalMs: 250 };

let ground: SecretGround;
let vault: TestVault;
let database: TestDatabase;
let image: string;

beforeAll(async () => {
  ground = await startSecretGround();
  ({ vault, database, image } = ground);
});

afterEach(async () => {
  await ground.closeHosts();
});

afterAll(async () => {
  await ground.close();
});

/** Two copies are allowed; one serves when the test says so, by a file. */
function podOf(name: string): Definition {
  const file = {
    path: '/run/db/login',
    content: { database: { role: name, template: '{{username}} {{password}}' } },
  };
  const healthCheck = {
    type: 'exec',
    command: ['test', '-e', '/tmp/ready'],
    interval: '500ms',
    startPeriod: '5m',
  };
  return { name, exclusive: false, containers: [sleeper(image, { files: [file], healthCheck })] };
}

interface Copy {
  readonly id: string;
  readonly credentials: { readonly user: string; readonly password: string };
}

/** The copy of a host, once it runs. */
async function copyOn(host: TestHost, pod: string): Promise<Copy> {
  return eventually(async () => {
    const { id } = await slotContainer(host, pod);
    const [user = '', password = ''] = (await sh(host, id, 'cat /run/db/login')).split(' ');
    return { id, credentials: { user, password } };
  }, PATIENCE);
}

async function leaseHolders(host: TestHost, pod: string): Promise<readonly string[]> {
  const record = await host.cluster.secretLeases.get({ pod, index: 0 });
  return (record?.holdings ?? []).map((holding) => holding.host);
}

const obstacle = await privateEngineObstacle();

it.skipIf(obstacle !== undefined)(
  'the old copy of a pod keeps its credentials until it is gone, and the new one has its own',
  async () => {
    // Two copies of a slot have one name: each needs an engine of its own.
    const engine = await createPrivateEngine();
    onTestFinished(() => engine.remove());
    const pod = uniqueName('h').slice(0, 8);
    await database.role(vault, pod, { ttl: '1h', max: '24h' });
    const from = await ground.newHost();
    await from.put(podOf(pod));
    const old = await copyOn(from, pod);
    await sh(from, old.id, 'touch /tmp/ready');
    await from.untilPhase(pod, ['healthy']);
    const to = await ground.newHost({ engine });
    await eventually(async () => {
      const present = (await to.cluster.hosts.list()).filter(({ session }) => session !== undefined);
      expect(present).toHaveLength(2);
    }, PATIENCE);

    await from.cluster.drains.put(from.name, { since: new Date().toISOString() });
    const fresh = await copyOn(to, pod);
    expect(fresh.credentials.user).not.toBe(old.credentials.user);
    // The new one does not serve yet: both are good.
    expect(await database.lets(fresh.credentials)).toBe(true);
    expect(await database.lets(old.credentials)).toBe(true);
    expect([...(await leaseHolders(to, pod))].sort()).toEqual([from.name, to.name].sort());
    expect((await slotContainer(from, pod)).state).toBe('running');
    // What the other one has is no trouble of this one's.
    await eventually(async () => {
      expect((await raftainer(to, ['secrets', pod])).output).toMatch(/database\/\S+ .*app +up to date/);
    }, PATIENCE);

    await sh(to, fresh.id, 'touch /tmp/ready');
    const wasCutOff: boolean[] = [];
    await eventually(async () => {
      const isGood = await database.lets(old.credentials);
      const isThere = (await from.containers(pod)).some(({ state }) => state === 'running');
      wasCutOff.push(isThere && !isGood);
      expect([isGood, isThere]).toEqual([false, false]);
    }, PATIENCE);
    expect(wasCutOff).not.toContain(true);
    expect(await database.users(pod)).toEqual([fresh.credentials.user]);
    expect(await database.lets(fresh.credentials)).toBe(true);
    expect((await slotContainer(to, pod)).id).toBe(fresh.id);
    await removePod(to, pod);
    expect(await database.users(pod)).toEqual([]);
    await ground.closeHosts();
  },
);
