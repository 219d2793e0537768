import { readFile } from 'node:fs/promises';
import { startEmbeddedVault } from '@raftainer/embedded';
import { runReadmeExample } from '@raftainer/testing';
import { expect, it, onTestFinished } from 'vitest';
import { VAULT_ERRORS } from '../src/index.js';

const folder = new URL('..', import.meta.url);

/** The server that `VAULT_ADDR` and `VAULT_TOKEN` name, with a KV 2 at `secret`, as in dev mode; without them an embedded one. */
async function serverVariables(): Promise<Readonly<Record<string, string>>> {
  const { VAULT_ADDR, VAULT_TOKEN } = process.env;
  if (VAULT_ADDR !== undefined && VAULT_TOKEN !== undefined) return { VAULT_ADDR, VAULT_TOKEN };
  const server = await startEmbeddedVault({ port: 0 });
  onTestFinished(() => server.close());
  return { VAULT_ADDR: server.address, VAULT_TOKEN: server.rootToken };
}

it('the example in the README runs', async () => {
  const { stdout } = await runReadmeExample(folder, { env: await serverVariables() });
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
