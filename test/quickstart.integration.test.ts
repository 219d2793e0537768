import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createDocker } from '@raftainer/docker';
import { afterAll, afterEach, expect, it } from 'vitest';

const TIMEOUT_MS = 240_000;
const docker = createDocker();
let child: ChildProcess | undefined;

afterEach(() => {
  child?.kill('SIGTERM');
});

afterAll(() => {
  docker.close();
});

interface Run {
  /** Resolves when the output has this text. */
  readonly shows: (text: string) => Promise<void>;
  /** Exit code and whole output. */
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
}

function quickstart(...args: readonly string[]): Run {
  const running = spawn(process.execPath, ['scripts/quickstart.mjs', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child = running;
  let output = '';
  const listeners = new Set<() => void>();
  const keep = (chunk: Buffer): void => {
    output += chunk.toString();
    for (const listener of listeners) listener();
  };
  running.stdout.on('data', keep);
  running.stderr.on('data', keep);
  const ended = new Promise<{ code: number | null; output: string }>((resolve) => {
    running.once('close', (code) => {
      resolve({ code, output });
    });
  });
  const shows = async (text: string): Promise<void> => {
    const shown = new Promise<void>((resolve) => {
      listeners.add(() => {
        if (output.includes(text)) resolve();
      });
    });
    const early = ended.then(({ output: all }) => {
      if (!all.includes(text)) throw new Error(`It ended without showing ${JSON.stringify(text)}:\n${all}`);
    });
    await Promise.race([shown, early]);
  };
  return { shows, ended };
}

async function leftovers(): Promise<readonly string[]> {
  const labels = { 'raftainer.host': 'quickstart' };
  const lists = await Promise.all([
    docker.containers.list({ labels }),
    docker.networks.list({ labels }),
    docker.volumes.list({ labels }),
  ]);
  return lists.flat().map(({ name }) => name);
}

it('proves that its pods answer, and leaves nothing, with --once', { timeout: TIMEOUT_MS }, async () => {
  const { code, output } = await quickstart('--once').ended;
  expect(output).toMatch(/web\/0 +http:\S+ → 200 .*Hello from Raftainer/);
  expect(output).toMatch(/api\/0 +http:\S+ → 200 .*"secretBytes":32/);
  expect(output).toMatch(/api\/1 +http:\S+ → 200 /);
  expect({ code, leftovers: await leftovers() }).toEqual({ code: 0, leftovers: [] });
});

it('stays up until Ctrl-C, which removes everything', { timeout: TIMEOUT_MS }, async () => {
  const run = quickstart();
  await run.shows('Ctrl-C stops and removes everything');
  expect(await leftovers()).not.toEqual([]);
  child?.kill('SIGINT');
  const { code } = await run.ended;
  expect({ code, leftovers: await leftovers() }).toEqual({ code: 0, leftovers: [] });
});
