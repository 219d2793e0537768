import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { StateDir } from '../presence/state-dir.js';
import { SecretState } from './secret-state.js';

let folder: string;
let stateDir: StateDir;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'raftainer-state-'));
  stateDir = await StateDir.open(folder);
});

afterEach(async () => {
  await stateDir.close();
  await rm(folder, { recursive: true, force: true });
});

it('knows in the next run what a slot was given, and never its values', async () => {
  const state = await SecretState.open(stateDir);
  const value = Buffer.from('hunter2');
  const given = { app: { id: 'c1', digests: { 'variable A': state.digest(value) } } };
  const issues = [{ key: 'database:database/web', lease: 'database/creds/web/1', accessor: 'acc' }];
  await state.put('web/0', { epoch: 3, issues, retiring: [], tokens: [], given });
  const next = await SecretState.open(stateDir);
  expect(next.get('web/0')).toEqual({ epoch: 3, issues, retiring: [], tokens: [], given });
  expect(next.digest(value)).toBe(state.digest(value));
  expect(await readFile(join(folder, 'secrets.json'), 'utf8')).not.toContain('hunter2');
  await next.forget('web/0');
  expect((await SecretState.open(stateDir)).slots).toEqual([]);
});

it('begins anew, under another key, when what was kept cannot be read', async () => {
  const state = await SecretState.open(stateDir);
  await stateDir.write('secrets.json', { key: 'short', slots: 7 });
  const next = await SecretState.open(stateDir);
  expect(next.slots).toEqual([]);
  expect(next.digest(Buffer.from('x'))).not.toBe(state.digest(Buffer.from('x')));
});
