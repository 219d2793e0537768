import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createDocker } from '@raftainer/docker';
import type { LogLine } from '@raftainer/docker';
import { afterAll, describe, expect, it } from 'vitest';
import { exampleImage, startConsul, testImage, uniqueName } from '@raftainer/testing';

const docker = createDocker();
afterAll(() => {
  docker.close();
});

async function run(image: string, command: readonly string[]): Promise<{ exitCode: number; output: string }> {
  const id = await docker.containers.create({ name: uniqueName('testing'), image, command: [...command] });
  try {
    await docker.containers.start(id);
    const { exitCode } = await docker.containers.wait(id);
    const lines: LogLine[] = [];
    for await (const line of docker.containers.logs(id)) lines.push(line);
    return { exitCode, output: lines.map(({ text }) => text).join('\n') };
  } finally {
    await docker.containers.remove(id, { force: true });
  }
}

describe('the images', () => {
  it('testImage has a shell and the usual commands', async () => {
    const script =
      'for c in sleep cat echo true false env ls kill mkdir; do command -v $c >/dev/null || echo no $c; done; exit 7';
    expect(await run(await testImage(), ['sh', '-c', script])).toEqual({ exitCode: 7, output: '' });
  });

  it('exampleImage has Node beside them', async () => {
    const script = 'command -v sleep >/dev/null && node -p process.version';
    expect(await run(await exampleImage(), ['sh', '-c', script])).toEqual({
      exitCode: 0,
      output: process.version,
    });
  });
});

describe('startConsul', () => {
  it('gives a server with a leader that keeps its data over a restart and frees its port when stopped', async () => {
    const consul = await startConsul();
    try {
      const key = `${consul.address}/v1/kv/${uniqueName('key')}`;
      await fetch(key, { method: 'PUT', body: 'kept' });
      await consul.restart();
      expect(await (await fetch(`${key}?raw`)).text()).toBe('kept');
    } finally {
      await consul.stop();
    }
    await expect(fetch(`${consul.address}/v1/status/leader`)).rejects.toThrow();
  });

  it('runs beside others, and removes nothing that was given', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'raftainer-testing-'));
    const servers = await Promise.all([startConsul(), startConsul({ dataDir })]);
    expect(servers[0].port).not.toBe(servers[1].port);
    await Promise.all(servers.map((server) => server.kill()));
    const { stdout } = await promisify(execFile)('ls', [dataDir]);
    expect(stdout).toContain('data');
    await rm(dataDir, { recursive: true });
  });
});
