import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';

import { eventually } from '@raftainer/testing';
import { afterEach, describe, expect, it } from 'vitest';

import { FencedProcesses } from '../src/guard/fenced-processes.js';

import type { ChildProcess } from 'node:child_process';

/** Where a control group can be made by hand: any hierarchy of version 1, or the one of version 2. */
const root = ['/sys/fs/cgroup/freezer', '/sys/fs/cgroup/unified', '/sys/fs/cgroup'].find((folder) =>
  existsSync(join(folder, 'cgroup.procs')),
);
const possible = process.getuid?.() === 0 && root !== undefined;

describe.skipIf(!possible)('the processes of a container that no engine can tell of', () => {
  /** As an engine names a container's group. */
  const container = randomBytes(32).toString('hex');
  const group = join(root ?? '', container);
  const started: ChildProcess[] = [];

  function startInGroup(seconds: number): ChildProcess {
    const child = spawn('sleep', [String(seconds)], { stdio: 'ignore' });
    started.push(child);
    mkdirSync(group, { recursive: true });
    writeFileSync(join(group, 'cgroup.procs'), String(child.pid));
    return child;
  }

  afterEach(async () => {
    for (const child of started) child.kill('SIGKILL');
    await eventually(() => {
      rmdirSync(group);
    });
  });

  it('are all of them: one that ends by itself, with the lowest number, takes none of the others for dead', async () => {
    const helper = startInGroup(1_000);
    const main = startInGroup(1_000);
    const processes = new FencedProcesses();
    processes.find([container]);
    helper.kill('SIGKILL');
    await once(helper, 'exit');
    expect(processes.isAlive(container)).toBe(true);
    processes.kill(container);
    await once(main, 'exit');
    expect(processes.isAlive(container)).toBe(false);
  });
});
