import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { StateDir } from './state-dir.js';

let folder: string;
const opened: StateDir[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'raftainer-state-'));
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((dir) => dir.close()));
  await rm(folder, { recursive: true, force: true });
});

async function open(path = join(folder, 'state')): Promise<StateDir> {
  const dir = await StateDir.open(path);
  opened.push(dir);
  return dir;
}

async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777;
}

describe('StateDir', () => {
  it('is made for its owner only, also where a folder was open to all', async () => {
    const path = join(folder, 'state');
    await mkdir(path, { mode: 0o755 });
    const dir = await open(path);
    await dir.write('session.json', { session: 'abc' });
    expect(await modeOf(path)).toBe(0o700);
    expect(await modeOf(join(path, 'session.json'))).toBe(0o600);
    expect(await dir.read('session.json')).toEqual({ session: 'abc' });
  });

  it('remembers across runs, replaces whole values and leaves no scraps', async () => {
    const first = await open();
    await first.write('session.json', { session: 'a much longer value than the next one' });
    await first.write('session.json', { session: 'b' });
    expect((await readdir(first.path)).sort()).toEqual(['agent.sock', 'session.json']);
    await first.close();
    opened.length = 0;
    const second = await open();
    expect(await second.read('session.json')).toEqual({ session: 'b' });
    await second.remove('session.json');
    await second.remove('session.json');
    expect(await second.read('session.json')).toBeUndefined();
  });

  it('takes what is missing or damaged for nothing', async () => {
    const dir = await open();
    await writeFile(join(dir.path, 'session.json'), '{"session": "ab');
    expect(await dir.read('session.json')).toBeUndefined();
    expect(await dir.read('never-written.json')).toBeUndefined();
  });

  it('is for one agent at a time', async () => {
    const first = await open();
    await expect(open()).rejects.toMatchObject({
      code: 'AGENT_STATE_DIR_IN_USE',
      message: expect.stringContaining(first.path) as string,
    });
    await first.close();
    opened.length = 0;
    await open();
  });

  it('is free again when the agent was killed', async () => {
    const path = join(folder, 'state');
    await mkdir(path);
    const script = `require('node:net').createServer().listen(${JSON.stringify(join(path, 'agent.sock'))}, () => console.log('up'))`;
    const other = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(other.stdout, 'data');
    await expect(open(path)).rejects.toMatchObject({ code: 'AGENT_STATE_DIR_IN_USE' });
    other.kill('SIGKILL');
    await once(other, 'exit');
    expect(await readdir(path)).toEqual(['agent.sock']);
    await open(path);
  });

  it('says what to do when it cannot be used', async () => {
    await writeFile(join(folder, 'file'), '');
    const below = join(folder, 'file', 'state');
    await expect(open(below)).rejects.toMatchObject({
      code: 'AGENT_STATE_DIR_UNUSABLE',
      message: expect.stringContaining('RAFTAINER_STATE_DIR') as string,
    });
    await expect(open(join(folder, 'x'.repeat(100)))).rejects.toMatchObject({
      code: 'AGENT_STATE_DIR_UNUSABLE',
    });
  });
});
