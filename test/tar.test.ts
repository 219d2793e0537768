import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createWriteStream } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { tarStream } from '../scripts/tar.mjs';

const folder = mkdtempSync(join(tmpdir(), 'raftainer-tar-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

it('makes an archive that tar reads back as it was given', async () => {
  const source = join(folder, 'source');
  writeFileSync(source, 'x'.repeat(1_300_000)); // more than one read, and no multiple of a block
  const archive = join(folder, 'archive.tar');
  const entries = [
    { path: 'usr', type: 'directory' },
    { path: 'tmp', type: 'directory', mode: 0o1777 },
    { path: 'bin', type: 'symlink', target: 'usr' },
    { path: 'usr/note', type: 'file', content: 'héllo\n' },
    { path: 'usr/tool', type: 'file', mode: 0o755, source },
    { path: 'usr/empty', type: 'file', content: '' },
  ] as const;
  await pipeline(tarStream(entries), createWriteStream(archive));
  const list = execFileSync('tar', ['-tvf', archive], { encoding: 'utf8' }).trim().split('\n');
  expect(list.map((line) => line.replace(/^(\S+)(\s+\S+){4}/, '$1'))).toEqual([
    'drwxr-xr-x usr',
    'drwxrwxrwt tmp',
    'lrwxrwxrwx bin -> usr',
    '-rw-r--r-- usr/note',
    '-rwxr-xr-x usr/tool',
    '-rw-r--r-- usr/empty',
  ]);
  execFileSync('tar', ['-xf', archive, '-C', folder, '--no-same-owner']);
  expect(readFileSync(join(folder, 'usr/note'), 'utf8')).toBe('héllo\n');
  expect(readFileSync(join(folder, 'usr/tool'))).toEqual(readFileSync(source));
});

it('refuses a path that does not fit', async () => {
  const entries = [{ path: 'a'.repeat(101), type: 'file', content: '' }] as const;
  await expect(tarStream(entries).toArray()).rejects.toThrow('too long');
});
