import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { createVault } from '../src/index.js';
import { auth, kv2, mount, ROOT_LOOKUP, UNKNOWN_TOKEN } from './support/answers.js';
import { startFakeVault } from './support/fake-vault.js';
import type { FakeVault, Routes } from './support/fake-vault.js';

/** A little longer than what a file said counts as fresh. */
const LOOKS_EVERY_MS = 600;
const READ = 'GET /v1/kv/data/web';
const LOGIN = 'POST /v1/auth/approle/login';

async function fileWith(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vault-credential-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'credential');
  await writeFile(file, text);
  return file;
}

async function serve(good: ReadonlySet<string>, routes: Routes = {}): Promise<FakeVault> {
  const isGood = (headers: Readonly<Record<string, unknown>>): boolean =>
    good.has(String(headers['x-vault-token']));
  return startFakeVault({
    'GET /v1/sys/internal/ui/mounts/kv/web': mount('kv/', '2'),
    'GET /v1/auth/token/lookup-self': ({ headers }) => (isGood(headers) ? ROOT_LOOKUP : UNKNOWN_TOKEN),
    [READ]: ({ headers }) => (isGood(headers) ? kv2({ KEY: 'value' }) : UNKNOWN_TOKEN),
    ...routes,
  });
}

it('a token that is replaced in its file takes the place of the old one, and one that is refused does not', async () => {
  const good = new Set(['one']);
  const server = await serve(good);
  const file = await fileWith('one\n');
  const vault = createVault({ address: server.address, auth: { method: 'token', token: 'one', file } });
  onTestFinished(() => vault.close());
  const sent = (): unknown =>
    server.requests.filter(({ line }) => line === READ).at(-1)?.headers['x-vault-token'];
  await vault.kv.read('kv/web');
  await writeFile(file, 'wrong\n');
  await sleep(LOOKS_EVERY_MS);
  await vault.kv.read('kv/web');
  expect(sent()).toBe('one');
  await writeFile(file, 'two\n');
  good.add('two');
  await sleep(LOOKS_EVERY_MS);
  await vault.kv.read('kv/web');
  expect(sent()).toBe('two');
  // Ended before its successor is there: told, and over as soon as that comes.
  good.delete('two');
  await expect(vault.kv.read('kv/web')).rejects.toThrow();
  good.add('three');
  await writeFile(file, 'three\n');
  await sleep(LOOKS_EVERY_MS);
  await vault.kv.read('kv/web');
  expect([sent(), vault.tokenState().state]).toEqual(['three', 'valid']);
});

it('a secret id is read at each login', async () => {
  const server = await serve(new Set(['t2']), {
    [LOGIN]: ({ body }) =>
      (body as { readonly secret_id: string }).secret_id === 's2' ? auth('t2') : auth('t1'),
  });
  const secretIdFile = await fileWith('s1\n');
  const login = { method: 'approle', roleId: 'role-1', secretId: 's1', secretIdFile } as const;
  const vault = createVault({ address: server.address, auth: login });
  onTestFinished(() => vault.close());
  await expect(vault.kv.read('kv/web')).rejects.toThrow();
  await writeFile(secretIdFile, 's2\n');
  await sleep(LOOKS_EVERY_MS);
  await vault.kv.read('kv/web');
  expect(server.requests.filter(({ line }) => line === LOGIN).at(-1)?.body).toEqual({
    role_id: 'role-1',
    secret_id: 's2',
  });
});
