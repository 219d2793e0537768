import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { createDocker } from '@raftainer/docker';
import { eventually, testImage, uniqueName } from '@raftainer/testing';
import { describe, expect, it, onTestFinished } from 'vitest';

import { IDLE } from './support/definitions.js';

import type { ChildProcess } from 'node:child_process';

/** Sets the clocks of a process, not the machine's `/proc/uptime`. Debian's package is called faketime. */
const FAKETIME = ['x86_64', 'aarch64']
  .map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketime.so.1`)
  .find((file) => existsSync(file));
const PROCESS = fileURLToPath(new URL('support/fencing-process.ts', import.meta.url));
const LEASE_MS = 6_000;
const SLEEP_SECONDS = 7;

/** Whoever fences, with clocks that are `file` behind. */
function fencing(container: string, file: string): ChildProcess {
  const loader = ['--conditions=@raftainer/source', '--import', 'tsx'];
  const child = spawn(process.execPath, [...loader, PROCESS, container, String(LEASE_MS)], {
    env: {
      ...process.env,
      LD_PRELOAD: FAKETIME,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

describe.skipIf(FAKETIME === undefined)('a machine that was suspended', { timeout: 60_000 }, () => {
  it('wakes with its leases over, although its monotonic clock stood still', async () => {
    const docker = createDocker();
    const folder = await mkdtemp(join(tmpdir(), 'raftainer-suspended-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'clocks');
    await writeFile(file, '+0');
    const container = await docker.containers.create({
      ...{ name: uniqueName('suspended'), image: await testImage(), command: ['sh', '-c', IDLE] },
    });
    onTestFinished(() => docker.containers.remove(container, { force: true }));
    await docker.containers.start(container);
    const child = fencing(container, file);
    let said = '';
    child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await eventually(() => {
      expect(said).toBe('guarding\n');
    });
    await sleep(1_000);
    expect((await docker.containers.inspect(container)).state).toBe('running');

    child.kill('SIGSTOP');
    await sleep(SLEEP_SECONDS * 1_000);
    // The monotonic clock goes on where it was, and so do the timers.
    await writeFile(file, `-${SLEEP_SECONDS}`);
    child.kill('SIGCONT');
    const wokeAt = performance.now();
    await eventually(async () => {
      expect((await docker.containers.inspect(container)).state).toBe('exited');
    });
    expect(said).toContain('killing');
    expect(performance.now() - wokeAt).toBeLessThan(3_000);
  });
});
