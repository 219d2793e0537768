import { setTimeout as sleep } from 'node:timers/promises';

import { eventually, uniqueName } from '@raftainer/testing';
import { afterAll, afterEach, beforeAll, expect, it, onTestFinished, vi } from 'vitest';

import { removePod } from '../features/support/remove-pod.js';
import { sh, slotContainer } from '../features/support/slot-container.js';
import { sleeper } from '../support/definitions.js';
import { createPrivateEngine, privateEngineObstacle } from '../support/private-engine.js';
import { startSecretGround } from '../support/secret-ground.js';
import type { TestHost } from '../support/test-host.js';

import type { Definition } from '../support/definitions.js';
import type { SecretGround } from '../support/secret-ground.js';
import type { TestDatabase } from '../support/test-database.js';
import type { TestVault } from '../support/test-vault.js';

// Stories of several acts, each with deadlines of its own.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

/** Changes in Vault are seen soon. */
const POLL = { RAFTAINER_SECRETS_POLL: '1s' };

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

/** User and password, one a file each. */
function podOf(name: string, role: string): Definition {
  const file = (field: string): object => ({
    path: `/run/db/${field}`,
    content: { database: { role, field } },
  });
  return { name, containers: [sleeper(image, { files: [file('username'), file('password')] })] };
}

async function credentialsOf(host: TestHost, pod: string): Promise<{ user: string; password: string }> {
  const { id } = await slotContainer(host, pod);
  const [user = '', password = ''] = (
    await sh(host, id, 'cat /run/db/username; echo; cat /run/db/password')
  ).split('\n');
  return { user, password };
}

it('credentials are good, outlive a kill of the agent without new ones, and go with the pod', async () => {
  const role = uniqueName('a').slice(0, 8);
  await database.role(vault, role, { ttl: '20s', max: '1h' });
  const host = await ground.newHost({ environment: POLL });
  await host.put(podOf(role, role));
  await host.untilRunning(role);
  const credentials = await credentialsOf(host, role);
  expect(await database.lets(credentials)).toBe(true);
  const record = await host.cluster.secretLeases.get({ pod: role, index: 0 });
  expect(record?.holdings).toEqual([
    { epoch: 1, host: host.name, leases: [expect.stringContaining(`database/creds/${role}/`)], tokens: [] },
  ]);

  const { id } = await slotContainer(host, role);
  await host.agent.end('SIGKILL');
  host.agent.start();
  // Longer than the lease lives when nobody renews it.
  await sleep(30_000);
  await host.untilRunning(role);
  expect((await slotContainer(host, role)).id).toBe(id);
  expect(await database.users(role)).toEqual([credentials.user]);
  expect(await database.lets(credentials)).toBe(true);

  await removePod(host, role);
  expect(await database.users(role)).toEqual([]);
  expect(await host.cluster.secretLeases.get({ pod: role, index: 0 })).toBeUndefined();
});

it('credentials are replaced before they reach their maximum, and the old ones go', async () => {
  const role = uniqueName('b').slice(0, 8);
  await database.role(vault, role, { ttl: '8s', max: '20s' });
  const host = await ground.newHost({ environment: POLL });
  await host.put(podOf(role, role));
  await host.untilRunning(role);
  const before = await credentialsOf(host, role);
  const after = await eventually(
    async () => {
      const now = await credentialsOf(host, role);
      expect(now.user).not.toBe(before.user);
      return now;
    },
    { timeoutMs: 60_000, intervalMs: 200 },
  );
  expect(await database.lets(after)).toBe(true);
  await eventually(
    async () => {
      expect(await database.users(role)).not.toContain(before.user);
    },
    { timeoutMs: 60_000 },
  );
  await removePod(host, role);
});

const obstacle = await privateEngineObstacle();

it.skipIf(obstacle !== undefined)(
  'a copy that nobody can reach has lost its access when the next one starts',
  async () => {
    const engine = await createPrivateEngine();
    onTestFinished(() => engine.remove());
    const role = uniqueName('c').slice(0, 8);
    await database.role(vault, role, { ttl: '1h', max: '24h' });
    const host = await ground.newHost({ environment: POLL });
    await host.put(podOf(role, role));
    await host.untilRunning(role);
    const old = await credentialsOf(host, role);
    const other = await ground.newHost({ engine, environment: POLL });
    // Neither agent nor guard stops the copy: as far as the cluster can tell its host is gone.
    await host.agent.end('SIGKILL');
    await host.endGuards();
    await eventually(
      async () => {
        const { state } = await slotContainer(other, role);
        expect(state).toBe('running');
      },
      { timeoutMs: 120_000, intervalMs: 200 },
    );
    expect(await database.lets(old)).toBe(false);
    expect(await database.lets(await credentialsOf(other, role))).toBe(true);
    expect((await slotContainer(host, role)).state).toBe('running');
    await ground.closeHosts();
  },
);
