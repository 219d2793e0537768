import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';

import { eventually, testImage, uniqueName } from '@raftainer/testing';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';

import { ask } from '../features/support/raw-engine.js';
import { removePod } from '../features/support/remove-pod.js';
import { sh, slotContainer } from '../features/support/slot-container.js';
import { sleeper, sleepingPod } from '../support/definitions.js';
import { memoryFolder } from '../support/memory-folder.js';
import { TestHost } from '../support/test-host.js';
import { TestVault } from '../support/test-vault.js';

import type { Definition } from '../support/definitions.js';

// Stories of several acts, each with deadlines of its own.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

let vault: TestVault;
let host: TestHost;
let image: string;
let folder: string;

beforeAll(async () => {
  [vault, image, folder] = await Promise.all([TestVault.start(), testImage(), memoryFolder()]);
  host = await TestHost.create({ environment: { ...(await variables()), LOG_LEVEL: 'trace' } });
});

afterAll(async () => {
  await host.close();
  await vault.close();
  await rm(folder, { recursive: true, force: true });
});

async function variables(): Promise<Readonly<Record<string, string>>> {
  return {
    ...(await vault.environment()),
    RAFTAINER_SECRETS_DIR: folder,
    RAFTAINER_SECRETS_POLL: '1s',
    RAFTAINER_SECRETS_SPLAY: '0s',
  };
}

const kv = (path: string, key: string, more: object = {}): object => ({ vault: { path, key, ...more } });

function podOf(name: string, changes: object, pod: object = {}): Definition {
  return { name, ...pod, containers: [sleeper(image, changes)] };
}

it('values of every kind arrive as they are, and are nowhere but in the container', async () => {
  const pod = uniqueName('leak');
  const path = `secret/${pod}`;
  const mark = randomBytes(12).toString('hex');
  const odd = `${mark} "quoted" 'twice' $HOME \\n\nsecond line\t€`;
  const large = `${mark}${'x'.repeat(64 * 1024)}`;
  const binary = Buffer.concat([Buffer.from(mark), Buffer.from([0, 255, 10, 128])]);
  await vault.admin.kv.write(path, { odd, large, binary: binary.toString('base64') });
  const files = [
    { path: '/run/s/odd', content: kv(path, 'odd') },
    { path: '/run/s/large', content: kv(path, 'large') },
    {
      path: '/run/s/binary',
      content: kv(path, 'binary', { encoding: 'base64' }),
      mode: '0440',
      owner: '1234:99',
    },
  ];
  await host.put(podOf(pod, { files }));
  await host.untilRunning(pod);
  const { id } = await slotContainer(host, pod);
  expect(await sh(host, id, 'cat /run/s/odd')).toBe(odd);
  expect(await sh(host, id, 'wc -c < /run/s/large')).toBe(String(large.length));
  expect(await host.docker.containers.readFile(id, '/run/s/binary')).toEqual(binary);
  expect(await sh(host, id, 'stat -c "%a %u %g" /run/s/binary')).toBe('440 1234 99');

  await vault.admin.kv.write(path, { odd: `${odd}!`, large, binary: binary.toString('base64') });
  await eventually(
    async () => {
      expect(await sh(host, id, 'cat /run/s/odd')).toBe(`${odd}!`);
    },
    { timeoutMs: 60_000 },
  );
  const { entries } = await host.consul.kv.list('');
  const inspected = await ask<unknown>(`/containers/${id}/json`);
  const everything = [
    host.agent.output,
    JSON.stringify(inspected),
    ...entries.map(({ value }) => value),
  ].join('\n');
  expect(everything).not.toContain(mark);
  expect(everything).not.toContain(Buffer.from(mark).toString('base64').slice(0, 20));
  const { VAULT_SECRET_ID = '' } = await vault.environment();
  expect(VAULT_SECRET_ID).not.toBe('');
  await removePod(host, pod);
});

it('what is too large, binary in a variable, or named like a way out is refused', async () => {
  const pod = uniqueName('large');
  const path = `secret/${pod}`;
  await vault.admin.kv.write(path, { huge: 'y'.repeat(1_000_000), zero: 'a\u0000b' });
  await host.put(podOf(pod, { files: [{ path: '/run/s/huge', content: kv(path, 'huge') }] }));
  const waiting = await host.untilPhase(pod, ['backoff']);
  expect(waiting).toMatchObject({ reason: 'AGENT_SECRET_UNUSABLE' });
  expect(waiting.message).toContain('1000000 bytes');
  await host.put(podOf(pod, { environment: { ZERO: kv(path, 'zero') } }));
  await eventually(
    async () => {
      expect((await host.status(pod))?.message).toContain('is binary');
    },
    { timeoutMs: 60_000 },
  );
  await host.put(podOf(pod, { environment: { OUT: kv('secret/../sys/raw', 'x') } }));
  await eventually(
    async () => {
      expect((await host.refusals(pod)).join()).toContain('the path of a secret');
    },
    { timeoutMs: 60_000 },
  );
  await removePod(host, pod);
});

it('a sealed Vault holds up what needs it and nothing else', async () => {
  const [old, fresh, plain] = [uniqueName('old'), uniqueName('fresh'), uniqueName('plain')];
  for (const pod of [old, fresh]) await vault.admin.kv.write(`secret/${pod}`, { token: 'x' });
  const withToken = (pod: string): Definition =>
    podOf(pod, { files: [{ path: '/run/s/token', content: kv(`secret/${pod}`, 'token') }] });
  await host.put(withToken(old));
  await host.untilRunning(old);
  const { id } = await slotContainer(host, old);
  await vault.server.seal();
  onTestFinished(() => vault.server.unseal());
  await host.put(withToken(fresh));
  await host.put(sleepingPod(plain, image));
  await host.untilRunning(plain);
  const waiting = await host.untilPhase(fresh, ['backoff']);
  expect(waiting).toMatchObject({ reason: 'AGENT_SECRET_UNAVAILABLE' });
  await eventually(
    async () => {
      expect((await host.status(old))?.secrets?.[0]?.staleSince).toBeDefined();
    },
    { timeoutMs: 60_000 },
  );
  // One that ends by itself starts again with what it had.
  await host.docker.containers.kill(id, 'SIGKILL');
  await eventually(
    async () => {
      expect(await sh(host, id, 'cat /run/s/token')).toBe('x');
    },
    { timeoutMs: 60_000, intervalMs: 500 },
  );
  await vault.server.unseal();
  await host.untilRunning(fresh);
  await eventually(
    async () => {
      expect((await host.status(old))?.secrets?.[0]?.staleSince).toBeUndefined();
    },
    { timeoutMs: 60_000 },
  );
  expect((await slotContainer(host, old)).id).toBe(id);
  await Promise.all([old, fresh, plain].map((pod) => removePod(host, pod)));
});

it('a pod with a role of its own reads its own secrets and no others', async () => {
  const [mine, other] = [uniqueName('mine'), uniqueName('other')];
  const role = `pod-${mine}`;
  await vault.podRole(role, `path "secret/data/${mine}" { capabilities = ["read"] }`);
  for (const pod of [mine, other]) await vault.admin.kv.write(`secret/${pod}`, { token: pod });
  await host.put(podOf(mine, { environment: { TOKEN: kv(`secret/${mine}`, 'token') } }, { vault: { role } }));
  await host.untilRunning(mine);
  await host.put(
    podOf(other, { environment: { TOKEN: kv(`secret/${other}`, 'token') } }, { vault: { role } }),
  );
  const waiting = await host.untilPhase(other, ['backoff']);
  expect(waiting).toMatchObject({ reason: 'AGENT_SECRET_DENIED' });
  await Promise.all([mine, other].map((pod) => removePod(host, pod)));
});

it('a definition that asks for a secret which is not there leaves what runs alone', async () => {
  const pod = uniqueName('edit');
  await host.put(podOf(pod, {}));
  await host.untilRunning(pod);
  const { id } = await slotContainer(host, pod);
  await host.put(podOf(pod, { environment: { TOKEN: kv(`secret/${pod}`, 'token') } }));
  await eventually(
    async () => {
      expect((await host.status(pod))?.message).toContain('what ran before it runs on');
    },
    { timeoutMs: 60_000 },
  );
  const now = await slotContainer(host, pod);
  expect([now.id, now.state]).toEqual([id, 'running']);
  await removePod(host, pod);
});

it('a change that was made while the agent was away is noticed, and the same values change nothing', async () => {
  const pod = uniqueName('away');
  const path = `secret/${pod}`;
  await vault.admin.kv.write(path, { token: 'before' });
  await host.put(podOf(pod, { environment: { TOKEN: kv(path, 'token') } }));
  await host.untilRunning(pod);
  const { id } = await slotContainer(host, pod);
  await host.agent.end('SIGTERM');
  host.agent.start();
  await eventually(
    async () => {
      expect((await host.status(pod))?.secrets?.[0]?.version).toBe('1');
    },
    { timeoutMs: 60_000 },
  );
  expect((await slotContainer(host, pod)).id).toBe(id);
  await host.agent.end('SIGTERM');
  await vault.admin.kv.write(path, { token: 'after' });
  host.agent.start();
  await eventually(
    async () => {
      const now = await slotContainer(host, pod);
      expect(await sh(host, now.id, 'echo $TOKEN')).toBe('after');
    },
    { timeoutMs: 90_000, intervalMs: 500 },
  );
  await removePod(host, pod);
});

it('an agent that Vault does not let in runs everything that needs no secrets', async () => {
  const stranger = await TestHost.create({
    environment: { ...(await variables()), VAULT_ROLE_ID: 'nobody' },
  });
  const [needy, plain] = [uniqueName('needy'), uniqueName('plain')];
  try {
    await stranger.put(podOf(needy, { environment: { TOKEN: kv('secret/x', 'token') } }));
    await stranger.put(sleepingPod(plain, image));
    await stranger.untilRunning(plain);
    const waiting = await stranger.untilPhase(needy, ['backoff']);
    expect(waiting).toMatchObject({ reason: 'AGENT_SECRET_UNAVAILABLE' });
  } finally {
    await stranger.close();
  }
});

it('an agent that knows no Vault refuses what needs one, and says what to set', async () => {
  const plain = await TestHost.create({});
  const pod = uniqueName('none');
  try {
    await plain.put(podOf(pod, { environment: { TOKEN: kv('secret/x', 'token') } }));
    await eventually(
      async () => {
        expect((await plain.refusals(pod)).join()).toContain('VAULT_ADDR');
      },
      { timeoutMs: 60_000 },
    );
  } finally {
    await plain.close();
  }
});
