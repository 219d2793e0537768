import { execFile } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { evaluate } from '@raftainer/constraints';
import { createProbe } from '@raftainer/constraints/probe';
import { expect, it } from 'vitest';

it('agrees with the operating system about this machine', async () => {
  const failures: unknown[] = [];
  const probe = createProbe({
    diskPath: os.tmpdir(),
    onPartFailure: (part, error) => failures.push([part, error]),
  });
  const facts = await probe.facts();
  expect(failures).toEqual([]);
  expect(facts.cpu.cores).toBe(os.cpus().length);
  expect(Math.abs(facts.memory.totalBytes - os.totalmem())).toBeLessThan(os.totalmem() / 100);
  expect(facts.hostname).toBe(os.hostname());
  expect(facts.kernel.version).toBe(os.release());
  expect(facts.os.platform).toBe(process.platform);
  if (process.arch === 'x64') expect(facts.cpu.architecture).toBe('amd64');
  if (process.arch === 'arm64') expect(facts.cpu.architecture).toBe('arm64');
  const { blocks, bsize } = await statfs(os.tmpdir());
  expect(facts.disk.totalBytes).toBe(blocks * bsize);
  expect(facts.disk.freeBytes).toBeLessThanOrEqual(facts.disk.totalBytes);
});

it('gives facts that constraints can be judged on', async () => {
  const facts = await createProbe().facts();
  const version = { attribute: 'kernel.version', operator: 'semver', value: '>=1' } as const;
  expect(
    evaluate({ constraints: [version], resources: { cpu: 0.1, memoryBytes: 1 } }, { facts }).failures,
  ).toEqual([]);
  expect(evaluate({ constraints: [], resources: { cpu: facts.cpu.cores + 1 } }, { facts }).eligible).toBe(
    false,
  );
});

it('leaves nothing running: a process that has probed ends by itself', async () => {
  const program = `import { createProbe } from '@raftainer/constraints/probe';
    const { cpu } = await createProbe().facts();
    console.log(cpu.cores);`;
  const args = [
    '--conditions=@raftainer/source',
    '--import',
    'tsx',
    '--input-type=module',
    '--eval',
    program,
  ];
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd, timeout: 30_000 });
  expect(stdout.trim()).toBe(String(os.cpus().length));
});
