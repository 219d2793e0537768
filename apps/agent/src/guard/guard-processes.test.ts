import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { endGuards, guardProcesses } from './guard-processes.js';

import type { ChildProcess } from 'node:child_process';

const NAME = 'guard-1';
const started: ChildProcess[] = [];
let stateDir: string;

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'raftainer-guards-'));
});

afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  await rm(stateDir, { recursive: true, force: true });
});

/** What is left of a guard whose socket is closed: a process with a title and an environment. */
async function zombie(title: string, environment: NodeJS.ProcessEnv): Promise<number> {
  const code = `process.title = ${JSON.stringify(title)}; console.log(); setInterval(() => {}, 1_000);`;
  const { RAFTAINER_STATE_DIR: _, ...clean } = process.env;
  const child = spawn(process.execPath, ['-e', code], {
    env: { ...clean, ...environment },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  started.push(child);
  await once(child.stdout, 'data');
  return child.pid ?? 0;
}

describe.skipIf(!existsSync('/proc/self/stat'))('guardProcesses', () => {
  it('finds a guard by its title and the state directory of its environment, and nobody else', async () => {
    const other = `${stateDir}-copy`;
    await cp(stateDir, other, { recursive: true });
    const found = await zombie('raftainer-guard-1', { RAFTAINER_STATE_DIR: stateDir });
    await zombie('raftainer-guard-2', { RAFTAINER_STATE_DIR: stateDir });
    await zombie('raftainer-guard-1', { RAFTAINER_STATE_DIR: other });
    await zombie('something else', { RAFTAINER_STATE_DIR: stateDir });
    await zombie('raftainer-guard-1', {});

    expect(guardProcesses({ stateDir, name: NAME }).map(({ pid }) => pid)).toEqual([found]);
    await rm(other, { recursive: true });
  });

  it('ends them, but for the one that is kept', async () => {
    const kept = await zombie('raftainer-guard-1', { RAFTAINER_STATE_DIR: stateDir });
    const ended = await zombie('raftainer-guard-1', { RAFTAINER_STATE_DIR: `${stateDir}/` });

    expect(await endGuards({ stateDir, name: NAME }, kept)).toEqual([ended]);
    expect(guardProcesses({ stateDir, name: NAME }).map(({ pid }) => pid)).toEqual([kept]);
  });
});
