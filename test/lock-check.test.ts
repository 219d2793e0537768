import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { lockProblems } from '../scripts/lock-check.mjs';

const rollup = {
  version: '4.0.0',
  integrity: 'sha512-x',
  optionalDependencies: { '@rollup/rollup-linux': '4.0.0', '@rollup/rollup-android': '4.0.0' },
};
const whole = {
  '': { name: 'x' },
  'packages/a': { version: '1.0.0', optionalDependencies: { fsevents: '2' } },
  'node_modules/@x/a': { resolved: 'packages/a', link: true },
  'node_modules/rollup': rollup,
  'node_modules/@rollup/rollup-linux': { version: '4.0.0', optional: true },
  'node_modules/vite/node_modules/@rollup/rollup-android': { version: '4.0.0', optional: true },
  'node_modules/fsevents': { version: '2.0.0', optional: true },
};

it('is content with a lock that has every platform, nested ones too', () => {
  expect(lockProblems({ lockfileVersion: 3, packages: whole })).toEqual([]);
});

it('names every optional dependency that is missing, and who wants it', () => {
  const { 'node_modules/fsevents': _fsevents, 'node_modules/@rollup/rollup-linux': _linux, ...rest } = whole;
  expect(lockProblems({ lockfileVersion: 3, packages: rest })).toEqual([
    'packages/a names fsevents in optionalDependencies, which has no entry',
    'node_modules/rollup names @rollup/rollup-linux in optionalDependencies, which has no entry',
  ]);
});

it('refuses packages that are bound to a registry or a repository', () => {
  const packages = {
    ...whole,
    'node_modules/b': { version: '1.0.0', resolved: 'https://registry.example/b-1.0.0.tgz' },
    'node_modules/c': { version: '1.0.0', resolved: 'git+ssh://git@example.com/c.git#0123' },
  };
  expect(lockProblems({ lockfileVersion: 3, packages })).toEqual([
    'node_modules/b is bound to a host: https://registry.example/b-1.0.0.tgz',
    'node_modules/c is bound to a host: git+ssh://git@example.com/c.git#0123',
  ]);
});

it('does not take an empty lock for a good one', () => {
  expect(lockProblems({ lockfileVersion: 1, dependencies: {} })).toHaveLength(1);
});

it('as a program, fails with the names, and passes the lock of this repository', async () => {
  const script = join(import.meta.dirname, '../scripts/lock-check.mjs');
  const run = promisify(execFile);
  await run(process.execPath, [script]);
  const folder = await mkdtemp(join(tmpdir(), 'raftainer-lock-'));
  const file = join(folder, 'package-lock.json');
  await writeFile(file, JSON.stringify({ packages: { 'node_modules/rollup': rollup } }));
  const failure: unknown = await run(process.execPath, [script, file]).catch((error: unknown) => error);
  await rm(folder, { recursive: true });
  expect(failure).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('@rollup/rollup-android') as string,
  });
});
