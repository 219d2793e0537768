import { startEmbeddedVault } from '@raftainer/embedded';
import { eventually } from '@raftainer/testing';
import { createVault } from '@raftainer/vault';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { KvCache } from './kv-cache.js';

import type { KvEntry } from './kv-entry.js';
import type { EmbeddedVault } from '@raftainer/embedded';
import type { VaultClient } from '@raftainer/vault';

let server: EmbeddedVault;
let client: VaultClient;
let cache: KvCache;
let changes: number;

const PATH = 'secret/web';

beforeEach(async () => {
  server = await startEmbeddedVault({ port: 0 });
  client = createVault({ address: server.address, auth: { method: 'token', token: server.rootToken } });
  changes = 0;
  cache = new KvCache({
    pollMs: 50,
    onChange: () => {
      changes += 1;
    },
  });
});

afterEach(async () => {
  cache.close();
  await client.close();
  await server.close();
});

function dataOf(entry: KvEntry | undefined): unknown {
  return entry?.material.kind === 'kv' ? entry.material.data : undefined;
}

it('notices a new version of what is used, and forgets what is not', async () => {
  await client.kv.write(PATH, { a: '1' });
  const first = await cache.read({ path: PATH, client });
  expect([dataOf(first), first.number]).toEqual([{ a: '1' }, 1]);
  cache.watch([{ path: PATH, client }]);
  await client.kv.write(PATH, { a: '2' });
  await eventually(() => {
    expect(dataOf(cache.known({ path: PATH }))).toEqual({ a: '2' });
  });
  expect(cache.known({ path: PATH, role: 'other' })).toBeUndefined();
  cache.watch([]);
  expect(cache.known({ path: PATH })).toBeUndefined();
});

it('keeps the last good content while Vault is sealed or the secret is gone, and says so', async () => {
  await client.kv.write(PATH, { a: '1' });
  await cache.read({ path: PATH, client });
  cache.watch([{ path: PATH, client }]);
  await server.seal();
  await eventually(() => {
    expect(cache.trouble({ path: PATH })).toEqual({ since: expect.any(Number) as number });
  });
  expect(dataOf(await cache.read({ path: PATH, client }))).toEqual({ a: '1' });
  await server.unseal();
  await eventually(() => {
    expect(cache.trouble({ path: PATH })).toBeUndefined();
  });
  await client.kv.delete(PATH);
  await eventually(() => {
    expect(cache.trouble({ path: PATH })?.problem).toContain(PATH);
  });
  expect(dataOf(cache.known({ path: PATH }))).toEqual({ a: '1' });
  await expect(cache.read({ path: PATH, client })).rejects.toMatchObject({ code: 'VAULT_DELETED' });
  expect(changes).toBeGreaterThan(2);
});

it('reads once for all who ask together', async () => {
  await client.kv.write(PATH, { a: '1' });
  const [one, other] = await Promise.all([
    cache.read({ path: PATH, client }),
    cache.read({ path: PATH, client }),
  ]);
  expect(one).toBe(other);
});
