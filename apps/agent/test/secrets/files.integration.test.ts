import { createPrivateKey, X509Certificate } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { eventually, testImage, uniqueName } from '@raftainer/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { removePod } from '../features/support/remove-pod.js';
import { sh, slotContainer } from '../features/support/slot-container.js';
import { sleeper } from '../support/definitions.js';
import { memoryFolder } from '../support/memory-folder.js';
import { startAuthority } from '../support/start-authority.js';
import { TestHost } from '../support/test-host.js';
import { TestVault } from '../support/test-vault.js';

import type { Definition } from '../support/definitions.js';

// Stories of several acts, each with deadlines of its own.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

const PATIENCE = { timeoutMs: 90_000, intervalMs: 250 };

/** Counts the signals that it hears. */
const LISTENING =
  'trap "exit 0" TERM; trap "echo heard >> /tmp/heard" HUP; while :; do sleep 1 & wait $!; done';

let vault: TestVault;
let host: TestHost;
let image: string;
let folder: string;

beforeAll(async () => {
  [vault, image, folder] = await Promise.all([TestVault.start(), testImage(), memoryFolder()]);
  await startAuthority(vault);
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

function podOf(name: string, changes: object): Definition {
  return { name, containers: [sleeper(image, changes)] };
}

interface Pair {
  readonly certificate: X509Certificate;
  readonly serial: string;
  readonly text: string;
}

/** What a pod has by now; throws while its parts do not fit, because they are being replaced. */
async function pairOf(pod: string): Promise<Pair> {
  const { id } = await slotContainer(host, pod);
  const text = await sh(host, id, 'cat /run/tls/web.pem');
  const certificate = new X509Certificate(text);
  const apart = new X509Certificate(await sh(host, id, 'cat /run/tls/cert.pem'));
  const key = createPrivateKey(await sh(host, id, 'cat /run/tls/key.pem'));
  const parts = [apart.serialNumber, apart.checkPrivateKey(key), certificate.checkPrivateKey(key)];
  expect(parts).toEqual([certificate.serialNumber, true, true]);
  const serial = certificate.serialNumber.toLowerCase().match(/../g)?.join(':') ?? '';
  return { certificate, serial, text };
}

async function revokedAt(serial: string): Promise<number> {
  return Number((await vault.request('GET', `pki/cert/${serial}`)).revocation_time);
}

/** When the agent last began to replace a certificate, in milliseconds since 1970. */
function replacedAt(pod: string): readonly number[] {
  return host.agent.log
    .filter(({ msg, slot }) => msg === 'What Vault gave a slot ends; it gets anew' && slot === `${pod}/0`)
    .map(({ time }) => new Date(time as string | number).getTime());
}

describe.concurrent('certificates', () => {
  const tls = (role: string, onChange: unknown): readonly object[] =>
    [
      ['web.pem', 'bundle'],
      ['cert.pem', 'certificate'],
      ['key.pem', 'privateKey'],
    ].map(([name = '', field]) => ({
      path: `/run/tls/${name}`,
      content: { pki: { role, commonName: 'web.example.internal', field } },
      onChange: name === 'web.pem' ? onChange : 'none',
    }));

  it('fit their keys, are replaced before they end and announced, and are revoked with the pod', async () => {
    const pod = uniqueName('lent');
    const files = tls('briefly-lent', { signal: 'SIGHUP' });
    await host.put(podOf(pod, { command: ['sh', '-c', LISTENING], files }));
    await host.untilRunning(pod);
    const before = await slotContainer(host, pod);
    const first = await eventually(() => pairOf(pod), PATIENCE);
    expect(first.certificate.checkHost('web.example.internal')).toBe('web.example.internal');
    expect(first.text.match(/-----BEGIN/g)).toHaveLength(3);
    expect((await host.status(pod))?.secrets).toMatchObject([
      { kind: 'pki', name: 'pki/briefly-lent', usedBy: ['app'], expiresAt: expect.any(String) as string },
    ]);

    await eventually(async () => {
      expect((await pairOf(pod)).serial).not.toBe(first.serial);
      expect(await sh(host, before.id, 'cat /tmp/heard')).toContain('heard');
    }, PATIENCE);
    expect(replacedAt(pod)[0]).toBeLessThan(Date.parse(first.certificate.validTo));
    expect((await slotContainer(host, pod)).id).toBe(before.id);
    expect((await host.status(pod))?.restarts).toBe(0);

    // One with a long life: what is revoked has not simply ended.
    await host.put(podOf(pod, { command: ['sh', '-c', LISTENING], files: tls('lent', 'none') }));
    const last = await eventually(async () => {
      const now = await pairOf(pod);
      expect(Date.parse(now.certificate.validTo) - Date.now()).toBeGreaterThan(600_000);
      return now;
    }, PATIENCE);
    expect(await revokedAt(last.serial)).toBe(0);
    await removePod(host, pod);
    expect(await revokedAt(last.serial)).toBeGreaterThan(0);
  });

  it('without a lease are replaced as well, and restart the container where that is asked for', async () => {
    const pod = uniqueName('given');
    await host.put(podOf(pod, { files: tls('briefly-given', 'restart') }));
    await host.untilRunning(pod);
    const before = await slotContainer(host, pod);
    const { startedAt = 0 } = await host.docker.containers.inspect(before.id);
    const first = await eventually(() => pairOf(pod), PATIENCE);
    await eventually(async () => {
      const now = await host.docker.containers.inspect(before.id);
      expect([now.state, (now.startedAt ?? 0) > startedAt]).toEqual(['running', true]);
      expect((await pairOf(pod)).serial).not.toBe(first.serial);
    }, PATIENCE);
    expect(replacedAt(pod)[0]).toBeLessThan(Date.parse(first.certificate.validTo));
    await removePod(host, pod);
  });
});

describe('owners of files', () => {
  const file = (path: string, owner?: string): object => ({
    path,
    content: 'text',
    ...(owner === undefined ? {} : { owner }),
  });

  it('are named by the users and groups of the image', async () => {
    const pod = uniqueName('names');
    const files = [file('/run/s/own'), file('/run/s/root', 'root'), file('/run/s/both', 'root:nogroup')];
    await host.put(podOf(pod, { user: 'nobody', files }));
    await host.untilRunning(pod);
    const { id } = await slotContainer(host, pod);
    const shown = await sh(host, id, 'stat -c "%u:%g" /run/s/own /run/s/root /run/s/both; cat /run/s/own');
    expect(shown).toBe('65534:65534\n0:0\n0:65534\ntext');
    await removePod(host, pod);
  });

  it('wait for a folder that cannot be used, of which the agent tells when it starts', async () => {
    const blocked = join(folder, 'blocked');
    await writeFile(blocked, '');
    const other = await TestHost.create({
      consul: 'embedded',
      environment: { RAFTAINER_SECRETS_DIR: blocked },
    });
    try {
      await eventually(() => {
        const told = other.agent.log.filter(({ msg }) => String(msg).startsWith('Pods that have files wait'));
        expect(told).toMatchObject([{ level: 'error', error: { code: 'AGENT_SECRETS_DIR_UNUSABLE' } }]);
      }, PATIENCE);
      const [plain, pod] = [uniqueName('plain'), uniqueName('files')];
      // Its Consul is there once the agent is, which takes its time on a busy machine.
      await eventually(() => other.put(podOf(plain, {})), PATIENCE);
      await other.put(podOf(pod, { files: [file('/run/s/text')] }));
      await other.untilRunning(plain);
      expect(await other.untilPhase(pod, ['backoff'])).toMatchObject({
        reason: 'AGENT_SECRETS_DIR_UNUSABLE',
      });
      await rm(blocked);
      await other.untilRunning(pod);
    } finally {
      await other.close();
    }
  });

  it('that the image does not know are named with pod, container and file, and can be corrected', async () => {
    const pod = uniqueName('ghost');
    const withOwner = (owner: string): Definition => podOf(pod, { files: [file('/run/s/text', owner)] });
    await host.put(withOwner('ghost'));
    const waiting = await host.untilPhase(pod, ['backoff']);
    expect(waiting).toMatchObject({ reason: 'AGENT_SECRET_OWNER_UNKNOWN' });
    for (const part of [`${pod}/0`, 'container app', '/run/s/text', 'user "ghost"'])
      expect(waiting.message).toContain(part);
    await host.put(withOwner('nobody:ghosts'));
    await eventually(async () => {
      expect((await host.status(pod))?.message).toContain('group "ghosts"');
    }, PATIENCE);
    await host.put(withOwner('nobody'));
    await host.untilRunning(pod);
    await removePod(host, pod);
  });
});
