import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { eventually, testImage, uniqueName } from '@raftainer/testing';

import { IDLE, sleeper, sleepingPod } from '../support/definitions.js';
import { TestHost } from '../support/test-host.js';
import { removePod } from './support/remove-pod.js';
import { ask, rawContainer } from './support/raw-engine.js';
import { sh, slotContainer, untilReplaced } from './support/slot-container.js';

import type { RawContainer } from './support/raw-engine.js';

// Stories of several acts, each with deadlines of its own.
vi.setConfig({ testTimeout: 180_000 });

const full = uniqueName('full');
const plain = uniqueName('plain');
const stored = uniqueName('stored');
let host: TestHost;
let image: string;
let folder: string;

beforeAll(async () => {
  [image, folder] = await Promise.all([testImage(), mkdtemp(join(tmpdir(), 'raftainer-mount-'))]);
  await writeFile(join(folder, 'from-host'), 'hello');
  host = await TestHost.create({
    environment: { RAFTAINER_REGION: 'eu-1', RAFTAINER_LABELS: 'zone=a,disk=ssd' },
  });
  await host.put(fullPod());
  await host.put(sleepingPod(plain, image));
  await host.put(storedPod());
  await Promise.all([host.untilRunning(full), host.untilRunning(plain), host.untilRunning(stored)]);
});

afterAll(async () => {
  await host.close();
  await rm(folder, { recursive: true, force: true });
});

/** Every field that reaches Docker. */
function fullPod(): { readonly name: string } {
  const confined = {
    capAdd: ['NET_ADMIN'],
    capDrop: ['MKNOD'],
    readOnly: true,
    securityOpt: ['no-new-privileges'],
    ulimits: [{ name: 'nofile', soft: 1024, hard: 4096 }],
  };
  const container = {
    name: 'app',
    image,
    entrypoint: ['sh', '-c'],
    command: [IDLE],
    user: '65534:65534',
    workingDir: '/tmp',
    environment: {
      TEXT: 'a = "b" $HOME',
      ZONE: { host: 'labels.zone' },
      REGION: { host: 'region' },
      NAME: { host: 'hostname' },
      SLOT: { slot: 'id' },
      TOKEN: { slot: 'epoch' },
    },
    resources: { cpu: 0.25, memory: '64Mi', pids: 50, shm: '8Mi' },
    init: true,
    extraHosts: ['db.internal:10.0.0.7'],
    dns: ['10.0.0.53'],
    stopSignal: 'SIGUSR1',
    logging: { driver: 'json-file', options: { 'max-size': '1m', 'max-file': '2' } },
    ...confined,
  };
  const definition = { name: full, labels: { 'com.example.team': 'storage' }, containers: [container] };
  return definition;
}

function storedPod(environment: object = {}): { readonly name: string } {
  const definition = {
    name: stored,
    volumes: [
      { name: 'data' },
      { name: 'shared', type: 'host', hostPath: folder },
      { name: 'scratch', type: 'tmpfs', size: '4Mi' },
    ],
    containers: [
      sleeper(image, {
        environment,
        volumes: [
          { volume: 'data', mountPath: '/data' },
          { volume: 'shared', mountPath: '/shared' },
          { volume: 'scratch', mountPath: '/scratch' },
          { type: 'host', hostPath: folder, mountPath: '/fixed', readOnly: true },
          { type: 'tmpfs', mountPath: '/own', size: '2Mi' },
        ],
      }),
      sleeper(image, {
        name: 'reader',
        volumes: [{ volume: 'data', mountPath: '/data', readOnly: true }],
      }),
    ],
  };
  return definition;
}

async function raw(pod: string): Promise<RawContainer> {
  return rawContainer((await slotContainer(host, pod)).id);
}

describe('a container', () => {
  it('is limited and confined as its definition says', async () => {
    const { HostConfig } = await raw(full);
    expect(HostConfig).toMatchObject({
      NanoCpus: 250_000_000,
      Memory: 64 * 2 ** 20,
      PidsLimit: 50,
      ShmSize: 8 * 2 ** 20,
      CapAdd: ['NET_ADMIN'],
      CapDrop: ['MKNOD'],
      Privileged: false,
      ReadonlyRootfs: true,
      SecurityOpt: ['no-new-privileges'],
      Ulimits: [{ Name: 'nofile', Soft: 1024, Hard: 4096 }],
      Init: true,
      ExtraHosts: ['db.internal:10.0.0.7'],
      Dns: ['10.0.0.53'],
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '2' } },
      RestartPolicy: { Name: 'no' },
    });
  });

  it('feels those limits', async () => {
    const { id } = await slotContainer(host, full);
    const look = 'id -u; pwd; grep NoNewPrivs /proc/1/status; touch /here 2>/dev/null || echo read-only';
    expect((await sh(host, id, look)).split(/\s*\n\s*/)).toEqual([
      '65534',
      '/tmp',
      expect.stringMatching(/^NoNewPrivs:\s+1$/),
      'read-only',
    ]);
    // Not by `ulimit`: what is executed beside the first process gets the hard limit from some versions of runc.
    expect(await sh(host, id, 'cat /proc/1/limits')).toMatch(/^Max open files\s+1024\s+4096/m);
    expect(await sh(host, id, 'cat /etc/hosts')).toMatch(/^10\.0\.0\.7\s+db\.internal$/m);
  });

  it('runs the program that its definition says, and ends by its signal', async () => {
    const { Config } = await raw(full);
    expect(Config).toMatchObject({
      Entrypoint: ['sh', '-c'],
      Cmd: [IDLE],
      User: '65534:65534',
      WorkingDir: '/tmp',
      StopSignal: 'SIGUSR1',
      Hostname: 'app',
    });
  });

  it('keeps the defaults of engine and image for what its definition leaves open', async () => {
    const { HostConfig, Config } = await raw(plain);
    expect(HostConfig).toMatchObject({ NanoCpus: 0, Memory: 0, Privileged: false, ReadonlyRootfs: false });
    expect(Config).toMatchObject({ User: '', WorkingDir: '' });
  });

  it('gets text, facts of the host and facts of the slot in its environment', async () => {
    const { Env } = (await raw(full)).Config;
    const claim = await host.cluster.claims.get(full, 0);
    expect(Env).toEqual(
      expect.arrayContaining([
        'TEXT=a = "b" $HOME',
        'ZONE=a',
        'REGION=eu-1',
        `SLOT=${full}/0`,
        `TOKEN=${String(claim?.epoch)}`,
        `RAFTAINER_POD=${full}`,
        'RAFTAINER_INDEX=0',
        `RAFTAINER_HOST=${host.name}`,
        `RAFTAINER_EPOCH=${String(claim?.epoch)}`,
      ]),
    );
    expect(Env.find((line) => line.startsWith('NAME='))).not.toBe('NAME=');
  });

  it('carries the labels of the pod beside those of the agent', async () => {
    const { Labels } = (await raw(full)).Config;
    expect(Labels).toMatchObject({
      'com.example.team': 'storage',
      'raftainer.host': host.name,
      'raftainer.pod': full,
      'raftainer.index': '0',
      'raftainer.container': 'app',
      'raftainer.role': 'main',
      'raftainer.revision': (await host.status(full))?.revision,
    });
  });
});

describe('volumes', () => {
  it('are what they say: shared, of the host, in memory, read-only', async () => {
    const app = await slotContainer(host, stored);
    const reader = await slotContainer(host, stored, { container: 'reader' });
    await sh(host, app.id, 'echo kept > /data/file; echo back > /shared/from-container');
    expect(await sh(host, reader.id, 'cat /data/file')).toBe('kept');
    expect(await sh(host, app.id, 'cat /shared/from-host /fixed/from-host')).toBe('hellohello');
    expect(await readFile(join(folder, 'from-container'), 'utf8')).toBe('back\n');
    await expect(sh(host, reader.id, 'echo no > /data/file')).rejects.toThrow(/[Rr]ead-only/);
    await expect(sh(host, app.id, 'echo no > /fixed/file')).rejects.toThrow(/[Rr]ead-only/);
    const mounts = await sh(host, app.id, 'cat /proc/mounts');
    expect(mounts).toMatch(/ \/scratch tmpfs .*size=4096k/);
    expect(mounts).toMatch(/ \/own tmpfs .*size=2048k/);
  });

  it('outlive an edit of the pod', async () => {
    const { id } = await slotContainer(host, stored);
    await host.put(storedPod({ COLOUR: 'blue' }));
    const now = await untilReplaced(host, stored, { id });
    expect(await sh(host, now.id, 'cat /data/file')).toBe('kept');
  });

  it('outlive the pod, and come back with it', async () => {
    await host.untilRunning(stored);
    await removePod(host, stored);
    const volumes = await host.docker.volumes.list({ labels: { 'raftainer.host': host.name } });
    expect(volumes.map(({ name }) => name)).toEqual([`raftainer-${stored}-0.data`]);
    await host.put(storedPod());
    await host.untilRunning(stored);
    const { id } = await slotContainer(host, stored);
    expect(await sh(host, id, 'cat /data/file')).toBe('kept');
  });
});

describe('the pull policy', () => {
  /** Nothing listens there, so whoever asks this registry fails. */
  const repository = `127.0.0.1:9/${uniqueName('image')}`;
  const tagged = `${repository}:1`;

  afterAll(async () => {
    await ask(`/images/${tagged}?force=true`, 'DELETE');
  });

  it('never: waits for an image that is not there, and runs once it is', async () => {
    const pod = uniqueName('never');
    const restart = { delay: '500ms', backoff: { maxDelay: '1s' }, attempts: 1000 };
    await host.put({ ...sleepingPod(pod, tagged, { pull: 'never' }), restart });
    const waiting = await host.untilPhase(pod, ['backoff']);
    expect(waiting.message).toContain(tagged);
    expect(waiting.reason).toBe('DOCKER_IMAGE_NOT_FOUND');
    await ask(`/images/${image}/tag?repo=${repository}&tag=1`, 'POST');
    await host.untilRunning(pod);
    await removePod(host, pod);
  });

  it('missing: asks no registry for an image that is there', async () => {
    const pod = uniqueName('missing');
    await host.put(sleepingPod(pod, tagged));
    await host.untilRunning(pod);
    await removePod(host, pod);
  });

  it('always: asks the registry although the image is there', async () => {
    const pod = uniqueName('always');
    await host.put(sleepingPod(pod, tagged, { pull: 'always' }));
    const waiting = await eventually(
      async () => {
        const status = await host.untilPhase(pod, ['backoff']);
        if (status.message === undefined) throw new Error('no message yet');
        return status;
      },
      { timeoutMs: 90_000 },
    );
    expect(waiting.message).toContain('127.0.0.1:9');
    expect(await host.containers(pod)).toEqual([]);
  });
});
