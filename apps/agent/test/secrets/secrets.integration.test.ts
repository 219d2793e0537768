import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { eventually, freePort, testImage, uniqueName } from '@raftainer/testing';
import { createVault } from '@raftainer/vault';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { removePod } from '../features/support/remove-pod.js';
import { sh, slotContainer, untilReplaced } from '../features/support/slot-container.js';
import { sleeper } from '../support/definitions.js';
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
  host = await TestHost.create({
    environment: {
      ...(await vault.environment()),
      RAFTAINER_SECRETS_DIR: folder,
      RAFTAINER_SECRETS_POLL: '1s',
      RAFTAINER_SECRETS_SPLAY: '0s',
    },
  });
});

afterAll(async () => {
  await host.close();
  await vault.close();
  await rm(folder, { recursive: true, force: true });
});

const kv = (path: string, key: string): object => ({ vault: { path, key } });

function podOf(name: string, changes: object): Definition {
  return { name, containers: [sleeper(image, changes)] };
}

it('the embedded Vault serves a host that has its own Consul', async () => {
  const port = await freePort();
  const alone = await TestHost.create({
    consul: 'embedded',
    environment: {
      RAFTAINER_VAULT: 'embedded',
      RAFTAINER_VAULT_PORT: String(port),
      RAFTAINER_SECRETS_DIR: folder,
    },
  });
  const pod = uniqueName('alone');
  try {
    const definition = podOf(pod, { environment: { TOKEN: kv(`secret/${pod}`, 'token') } });
    // Its Consul is there once the agent is, which takes its time on a busy machine.
    await eventually(() => alone.put(definition), { timeoutMs: 90_000 });
    await alone.untilPhase(pod, ['backoff']);
    const { rootToken: token } = JSON.parse(await readFile(join(alone.stateDir, 'vault.key'), 'utf8')) as {
      readonly rootToken: string;
    };
    const client = createVault({
      address: `http://127.0.0.1:${String(port)}`,
      auth: { method: 'token', token },
    });
    await client.kv.write(`secret/${pod}`, { token: 'inside' });
    await client.close();
    await alone.untilRunning(pod);
    expect(await sh(alone, (await slotContainer(alone, pod)).id, 'echo $TOKEN')).toBe('inside');
    expect(alone.agent.output).not.toContain(token);
  } finally {
    await alone.close();
  }
});

describe('secrets of KV', () => {
  it('reach variables and files, and each change does what it is to do', async () => {
    const pod = uniqueName('kv');
    const path = `secret/${pod}`;
    await vault.admin.kv.write(path, { token: 'first', file: 'one', quiet: 'calm', loud: 'hush' });
    await host.put(
      podOf(pod, {
        command: [
          'sh',
          '-c',
          'trap "exit 0" TERM; trap "echo heard >> /tmp/heard" HUP; while :; do sleep 1 & wait $!; done',
        ],
        environment: { TOKEN: kv(path, 'token') },
        files: [
          { path: '/etc/app.conf', content: kv(path, 'file') },
          { path: '/keys/quiet', content: kv(path, 'quiet'), onChange: 'none' },
          { path: '/keys/loud', content: kv(path, 'loud'), onChange: { signal: 'SIGHUP' } },
        ],
      }),
    );
    await host.untilRunning(pod);
    const { id } = await slotContainer(host, pod);
    expect(await sh(host, id, 'echo $TOKEN; cat /etc/app.conf /keys/quiet /keys/loud')).toBe(
      'first\nonecalmhush',
    );
    expect(await sh(host, id, 'stat -c "%a %u" /etc/app.conf /keys/quiet')).toBe('400 0\n400 0');
    expect(await sh(host, id, 'grep -c "tmpfs.*ro" /proc/mounts')).not.toBe('0');

    await vault.admin.kv.write(path, { token: 'first', file: 'one', quiet: 'still', loud: 'shout' });
    await eventually(
      async () => {
        expect(await sh(host, id, 'cat /keys/quiet /keys/loud /tmp/heard')).toBe('stillshoutheard');
      },
      { timeoutMs: 30_000 },
    );
    const before = await host.docker.containers.inspect(id);

    await vault.admin.kv.write(path, { token: 'first', file: 'two', quiet: 'still', loud: 'shout' });
    await eventually(
      async () => {
        expect(await sh(host, id, 'cat /etc/app.conf')).toBe('two');
      },
      { timeoutMs: 30_000 },
    );
    expect((await host.docker.containers.inspect(id)).startedAt).toBeGreaterThan(before.startedAt ?? 0);

    await vault.admin.kv.write(path, { token: 'second', file: 'two', quiet: 'still', loud: 'shout' });
    const now = await untilReplaced(host, pod, { id });
    expect(await sh(host, now.id, 'echo $TOKEN')).toBe('second');

    const status = await host.status(pod);
    expect(status?.secrets).toEqual([{ kind: 'kv', name: path, version: '4', usedBy: ['app'] }]);
    await removePod(host, pod);
  });

  it('that are missing are named, and the slot runs once they are there', async () => {
    const pod = uniqueName('missing');
    const path = `secret/${pod}`;
    await host.put(podOf(pod, { environment: { TOKEN: kv(path, 'token') } }));
    const waiting = await host.untilPhase(pod, ['backoff']);
    expect(waiting).toMatchObject({ reason: 'AGENT_SECRET_MISSING' });
    for (const part of [pod, 'app', path, 'token']) expect(waiting.message).toContain(part);
    await vault.admin.kv.write(path, { other: 'x' });
    await eventually(
      async () => {
        expect((await host.status(pod))?.message).toContain('has no key "token"');
      },
      { timeoutMs: 60_000 },
    );
    await vault.admin.kv.write(path, { token: 'there' });
    await host.untilRunning(pod);
    await removePod(host, pod);
  });
});
