import { readFile } from 'node:fs/promises';
import { runReadmeExample } from '@raftainer/testing';
import { expect, it } from 'vitest';
import { VAULT_ERRORS } from '../src/index.js';
import { DONE, kv2, mount, ok, ROOT_LOOKUP } from './support/answers.js';
import { startFakeVault } from './support/fake-vault.js';

const folder = new URL('..', import.meta.url);

it('the example in the README runs', async () => {
  let deleted = false;
  const times = { created_time: '2026-11-23T01:33:02.518308804Z', deletion_time: '', destroyed: false };
  const server = await startFakeVault({
    'GET /v1/auth/token/lookup-self': ROOT_LOOKUP,
    'GET /v1/sys/internal/ui/mounts/secret/example': mount('secret/', '2'),
    'POST /v1/secret/data/example': ok({ data: { ...times, version: 2 } }),
    'GET /v1/secret/metadata/example': ok({ data: { current_version: 2, versions: { 2: times } } }),
    'GET /v1/secret/data/example': () =>
      deleted ? kv2(null, { deletionTime: '2026-11-23T01:33:23Z' }) : kv2({ API_KEY: 'k3y' }),
    'DELETE /v1/secret/data/example': () => {
      deleted = true;
      return DONE;
    },
  });
  const env = { VAULT_ADDR: server.address, VAULT_TOKEN: 'root' };
  const { stdout } = await runReadmeExample(folder, { env });
  expect(stdout).toBe("[ 'API_KEY' ]\ntrue\nVAULT_DELETED\nvalid\n");
});

it('the README lists every error', async () => {
  const text = await readFile(new URL('README.md', folder), 'utf8');
  const listed = [...text.matchAll(/^\| `(VAULT_\w+)` +\| (.+?) +\|$/gm)].map(([, code, meaning]) => [
    code,
    meaning,
  ]);
  expect(Object.fromEntries(listed)).toEqual(VAULT_ERRORS);
});
