import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { uniqueName } from '@raftainer/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fixture } from './harness.js';
import { SERVERS } from './harness.js';

const folder = new URL('..', import.meta.url);

const isBuilt = existsSync(new URL('dist/main.js', folder));
const sources = ['--conditions=@raftainer/source', '--import', 'tsx', 'src/main.ts'];
const installed = ['bin/raftainer.js'];

let fixture: Fixture;

beforeAll(async () => {
  fixture = await SERVERS[1].start();
});

afterAll(() => fixture.stop());

function start(argv: readonly string[], command = sources): ChildProcess {
  return spawn(process.execPath, [...command, ...argv], {
    cwd: folder,
    env: { ...process.env, ...fixture.env, NO_COLOR: '1' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

function collect(child: ChildProcess): { stdout: string; stderr: string } {
  const text = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => (text.stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (text.stderr += chunk.toString()));
  return text;
}

describe('the process', () => {
  it('reads standard input, prints and ends by itself', async () => {
    const name = uniqueName('web');
    const child = start(['apply', '-f', '-']);
    const text = collect(child);
    child.stdin?.end(`name: ${name}\ncontainers: [{ name: app, image: 'busybox:1' }]\n`);
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(text).toEqual({ stdout: `${name}  created\n`, stderr: '' });
  });

  it.skipIf(!isBuilt)('starts as it is installed', async () => {
    const child = start(['--version'], installed);
    const text = collect(child);
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(text).toEqual({ stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string, stderr: '' });
  });

  it('gives its exit code to the shell', async () => {
    const child = start(['ps', 'nothing', '--json']);
    const text = collect(child);
    expect(await once(child, 'close')).toEqual([4, null]);
    expect(JSON.parse(text.stderr)).toMatchObject({ error: { code: 'CLI_NOT_FOUND' } });
  });

  it('ends quietly when its reader is gone', async () => {
    const child = start(['--help']);
    const text = collect(child);
    child.stdout?.destroy();
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(text.stderr).toBe('');
  });

  it('ends with 130 on Ctrl-C', async () => {
    const name = uniqueName('web');
    const child = start(['apply', '-f', '-', '--wait']);
    const text = collect(child);
    child.stdin?.end(`name: ${name}\ncontainers: [{ name: app, image: 'busybox:1' }]\n`);
    child.stderr?.on('data', () => {
      if (text.stderr.includes('no agent is present')) child.kill('SIGINT');
    });
    expect(await once(child, 'close')).toEqual([130, null]);
    expect(text.stderr).not.toContain('Error');
  });
});
