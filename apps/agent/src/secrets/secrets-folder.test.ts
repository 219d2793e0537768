import { chmod, mkdir, mkdtemp, readFile, rm, stat, statfs, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { SecretsFolder } from './secrets-folder.js';

import type { FilePlan } from '@raftainer/planner';

const plan: FilePlan = {
  path: '/run/a',
  content: 'x',
  mode: 0o440,
  onChange: { action: 'restart' },
};
const WHERE = { slot: { pod: 'web', index: 0 }, container: 'app' };
const isLinux = process.platform === 'linux';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(isLinux ? '/dev/shm' : tmpdir(), 'raftainer-folder-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

describe.runIf(isLinux)('the folder for files', () => {
  it('keeps files for their owner, replaces them whole, and shows where to mount them', async () => {
    const folder = await SecretsFolder.open(directory, 'host-a');
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    await folder.write(WHERE, [plan], [{ plan, content: Buffer.from('one') }]);
    const [mount] = folder.mounts(WHERE, [plan]);
    const first = await stat(mount?.source ?? '');
    expect([first.mode & 0o777, mount?.target]).toEqual([0o440, '/run/a']);
    await folder.write(WHERE, [plan], [{ plan, content: Buffer.from('two') }]);
    expect(await readFile(mount?.source ?? '', 'utf8')).toBe('two');
    expect((await stat(mount?.source ?? '')).ino).not.toBe(first.ino);
  });

  it('lists what it has, and removes it', async () => {
    const folder = await SecretsFolder.open(directory, 'host-a');
    await folder.write(WHERE, [plan], [{ plan, content: Buffer.from('one') }]);
    await mkdir(join(directory, 'host-a', 'web', 'stranger'));
    expect(await folder.list(-1)).toEqual([WHERE]);
    expect(await folder.list(60_000)).toEqual([]);
    await folder.remove(WHERE);
    expect(await folder.list(-1)).toEqual([]);
  });

  it('is refused on a disk', async () => {
    const onDisk = await mkdtemp(join(import.meta.dirname, 'folder-'));
    try {
      const { type } = await statfs(onDisk);
      if (type === 0x0102_1994) return;
      await expect(SecretsFolder.open(onDisk, 'host-a')).rejects.toMatchObject({
        code: 'AGENT_SECRETS_DIR_UNUSABLE',
        message: expect.stringMatching(/not in memory.*RAFTAINER_SECRETS_DIR/) as string,
      });
    } finally {
      await rm(onDisk, { recursive: true });
    }
  });

  it('is refused, and left as it is, when it is open to others', async () => {
    await chmod(directory, 0o1777);
    await expect(SecretsFolder.open(directory, 'host-a')).rejects.toMatchObject({
      code: 'AGENT_SECRETS_DIR_UNUSABLE',
      message: expect.stringContaining('its mode is 1777') as string,
    });
    expect((await stat(directory)).mode & 0o7777).toBe(0o1777);
  });

  it('is refused when somebody laid a link in its place', async () => {
    const elsewhere = join(directory, 'elsewhere');
    await mkdir(elsewhere);
    await chmod(elsewhere, 0o777);
    await symlink(elsewhere, join(directory, 'link'));
    await expect(SecretsFolder.open(join(directory, 'link'), 'host-a')).rejects.toThrow(/is no directory/);
  });
});
