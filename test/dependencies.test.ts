import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dependenciesAreCurrent } from '../scripts/dependencies.mjs';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'raftainer-dependencies-'));
  await mkdir(join(root, 'node_modules'));
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

async function packages(file: string, content: Record<string, unknown>): Promise<void> {
  await writeFile(join(root, file), JSON.stringify({ packages: content }));
}

describe('dependenciesAreCurrent', () => {
  const lock = {
    '': {},
    'packages/x': {},
    'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/a-win32': { version: '1.0.0', optional: true },
  };

  it('asks for an installation when there is none', async () => {
    await packages('package-lock.json', lock);
    expect(dependenciesAreCurrent(root)).toBe(false);
  });

  it('is content with what the lock says, other platforms left out', async () => {
    await packages('package-lock.json', lock);
    await packages('node_modules/.package-lock.json', { 'node_modules/a': lock['node_modules/a'] });
    expect(dependenciesAreCurrent(root)).toBe(true);
  });

  it.each([
    ['another version', { 'node_modules/a': { version: '1.0.1', integrity: 'sha512-a' } }],
    ['other content', { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-b' } }],
    ['a missing package', {}],
  ])('asks for an installation on %s', async (_what, installed) => {
    await packages('package-lock.json', lock);
    await packages('node_modules/.package-lock.json', installed);
    expect(dependenciesAreCurrent(root)).toBe(false);
  });
});
