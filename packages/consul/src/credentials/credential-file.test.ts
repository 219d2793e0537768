import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { CredentialFile } from './credential-file.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'credential-'));
  path = join(folder, 'token');
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
});

function textOf(file: CredentialFile): string | undefined {
  return file.read(0)?.toString();
}

it('sees a file that is written over, renamed into place, or moved under its link', () => {
  writeFileSync(path, 'one');
  const file = new CredentialFile(path);
  expect(textOf(file)).toBe('one');
  writeFileSync(path, 'two');
  expect(textOf(file)).toBe('two');
  writeFileSync(`${path}.new`, 'six');
  renameSync(`${path}.new`, path);
  expect(textOf(file)).toBe('six');
});

it('sees the folder that a link leads to being swapped, as Kubernetes does it', () => {
  for (const name of ['old', 'new']) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'token'), name);
  }
  symlinkSync('old', join(folder, '..data'));
  symlinkSync(join('..data', 'token'), path);
  const file = new CredentialFile(path);
  expect(textOf(file)).toBe('old');
  symlinkSync('new', join(folder, '..next'));
  renameSync(join(folder, '..next'), join(folder, '..data'));
  expect(textOf(file)).toBe('new');
});

it('keeps what it said while it is empty or missing', () => {
  writeFileSync(path, 'one');
  const file = new CredentialFile(path, 'known');
  expect(textOf(file)).toBe('one');
  writeFileSync(path, '\n');
  expect(textOf(file)).toBe('one');
  rmSync(path);
  expect(textOf(file)).toBe('one');
  expect(textOf(new CredentialFile(path, 'known'))).toBe('known');
  expect(textOf(new CredentialFile(path))).toBeUndefined();
});

it('gives the same buffer while the content is the same', () => {
  writeFileSync(path, 'one');
  const file = new CredentialFile(path);
  const first = file.read(0);
  writeFileSync(path, 'one');
  expect(file.read(0)).toBe(first);
});
