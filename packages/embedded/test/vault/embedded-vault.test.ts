import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEmbeddedVault, type EmbeddedVault, type EmbeddedVaultOptions } from '../../src/index.js';
import { VaultUser } from './behaviour/vault-user.js';
import { callVault } from './vault-api.js';

const SECRET = 'a-secret-that-must-not-lie-around';

let dataDir: string;
const servers: EmbeddedVault[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'raftainer-vault-'));
});

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await rm(dataDir, { recursive: true, force: true });
});

async function start(options: EmbeddedVaultOptions = {}): Promise<EmbeddedVault> {
  const server = await startEmbeddedVault({ port: 0, ...options });
  servers.push(server);
  return server;
}

function rootOf(server: EmbeddedVault): VaultUser {
  return new VaultUser(server, server.rootToken);
}

describe('with a data directory', () => {
  it('goes on after a restart with secrets, policies, tokens, roles and its root token', async () => {
    const first = await start({ dataDir });
    const root = rootOf(first);
    await root.ok('secret/data/web', { body: { data: { key: SECRET } } });
    const user = await root.withPolicy('path "secret/data/*" { capabilities = ["read"] }');
    await root.ok('sys/auth/approle', { body: { type: 'approle' } });
    await root.ok('auth/approle/role/agent', { body: { token_policies: user.auth.policies } });
    const roleId = (await root.ok('auth/approle/role/agent/role-id')).body.data?.role_id;
    const secretId = (await root.ok('auth/approle/role/agent/secret-id', { body: {} })).body.data?.secret_id;
    const { text: before } = await root.ok('secret/metadata/web');
    await first.close();

    const second = await start({ dataDir });
    expect(second.rootToken).toBe(first.rootToken);
    const again = new VaultUser(second, user.token);
    expect((await again.ok('secret/data/web')).body.data).toMatchObject({ data: { key: SECRET } });
    expect(JSON.parse((await rootOf(second).ok('secret/metadata/web')).text)).toMatchObject({
      data: (JSON.parse(before) as { readonly data: object }).data,
    });
    const login = await callVault(second.address, 'auth/approle/login', {
      body: { role_id: roleId, secret_id: secretId },
    });
    expect(login.status).toBe(200);
  });

  it('leaves nothing readable on the disk, neither secrets nor their names nor tokens', async () => {
    const server = await start({ dataDir });
    const root = rootOf(server);
    await root.ok(`secret/data/name-of-the-${SECRET}`, { body: { data: { key: SECRET } } });
    const user = await root.withToken({ policies: ['default'] });
    await server.close();
    const folder = join(dataDir, 'vault');
    const files = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))));
    const all = Buffer.concat(files).toString('latin1');
    expect(all.length).toBeGreaterThan(1000);
    for (const text of [SECRET, user.token, user.auth.accessor, server.rootToken, 'default'])
      expect(all.includes(text), text).toBe(false);
  });

  it('makes a key file for its owner alone, and refuses one that others may read', async () => {
    const keyFile = join(dataDir, 'keys', 'vault.key');
    const server = await start({ dataDir, keyFile });
    await server.close();
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
    await chmod(keyFile, 0o640);
    await expect(start({ dataDir, keyFile })).rejects.toMatchObject({ code: 'EMBEDDED_KEY_EXPOSED' });
  });

  it('does not start without the key of its data, nor with another one, and leaves the data alone', async () => {
    const server = await start({ dataDir });
    await rootOf(server).ok('secret/data/web', { body: { data: { key: SECRET } } });
    await server.close();
    const keyFile = join(dataDir, 'vault.key');
    const key = await readFile(keyFile, 'utf8');
    await rm(keyFile);
    await expect(start({ dataDir })).rejects.toMatchObject({ code: 'EMBEDDED_KEY_UNUSABLE' });
    const other = await mkdtemp(join(tmpdir(), 'raftainer-vault-'));
    await (await start({ dataDir: other })).close();
    await writeFile(keyFile, await readFile(join(other, 'vault.key')), { mode: 0o600 });
    await rm(other, { recursive: true });
    await expect(start({ dataDir })).rejects.toMatchObject({ code: 'EMBEDDED_KEY_UNUSABLE' });
    await writeFile(keyFile, 'nonsense', { mode: 0o600 });
    await expect(start({ dataDir })).rejects.toMatchObject({ code: 'EMBEDDED_KEY_UNUSABLE' });
    await writeFile(keyFile, key);
    const again = await start({ dataDir });
    expect((await rootOf(again).ok('secret/data/web')).status).toBe(200);
  });

  it('is used by one server at a time', async () => {
    await start({ dataDir });
    await expect(start({ dataDir })).rejects.toMatchObject({ code: 'EMBEDDED_DATA_IN_USE' });
  });

  it('no longer knows a root token that was replaced', async () => {
    const first = await start({ dataDir, rootToken: 's.first' });
    await first.close();
    const second = await start({ dataDir, rootToken: 's.second' });
    expect((await rootOf(second).call('sys/mounts')).status).toBe(200);
    expect((await callVault(second.address, 'sys/mounts', { token: 's.first' })).status).toBe(403);
  });
});

describe('sealed', () => {
  it('answers 503 until it is unsealed, and then knows what it knew', async () => {
    const server = await start();
    const root = rootOf(server);
    await root.ok('secret/data/web', { body: { data: { key: SECRET } } });
    await server.seal();
    expect((await root.call('secret/data/web')).status).toBe(503);
    expect((await root.call('sys/seal-status')).body).toMatchObject({ sealed: true });
    await server.unseal();
    expect((await root.ok('secret/data/web')).body.data).toMatchObject({ data: { key: SECRET } });
  });

  it('is unsealed over HTTP with the key of the key file alone', async () => {
    const server = await start({ dataDir });
    const root = rootOf(server);
    await root.ok('sys/seal', { method: 'PUT' });
    const { unsealKey } = JSON.parse(await readFile(join(dataDir, 'vault.key'), 'utf8')) as {
      unsealKey: string;
    };
    const wrong = Buffer.alloc(32).toString('base64');
    expect(
      (await callVault(server.address, 'sys/unseal', { method: 'PUT', body: { key: wrong } })).status,
    ).toBe(400);
    const reply = await callVault(server.address, 'sys/unseal', { method: 'PUT', body: { key: unsealKey } });
    expect(reply.body).toMatchObject({ sealed: false });
    expect((await root.ok('sys/mounts')).status).toBe(200);
  });

  it('is not for everybody to do', async () => {
    const server = await start();
    const user = await rootOf(server).withToken({ policies: ['default'] });
    expect((await user.call('sys/seal', { method: 'PUT' })).status).toBe(403);
    expect((await callVault(server.address, 'sys/health')).status).toBe(200);
  });
});

describe('requests that nobody can serve', () => {
  it('are refused with what is wrong, and never with what was sent', async () => {
    const server = await start();
    const root = rootOf(server);
    const broken = await fetch(`${server.address}/v1/secret/data/x`, {
      method: 'POST',
      headers: { 'X-Vault-Token': server.rootToken },
      body: `{"data": "${SECRET}`,
    });
    const text = await broken.text();
    expect([broken.status, text.includes(SECRET)]).toEqual([400, false]);
    const named = await root.call('secret/data/x', { headers: { 'X-Vault-Namespace': 'team' } });
    expect([named.status, named.text]).toEqual([400, expect.stringContaining('namespaces are not provided')]);
    expect((await root.call('secret/data/..%2f..%2fsys/seal', { method: 'PUT' })).status).toBe(400);
    expect((await root.call('secret/nothing/of/it', { method: 'PATCH' })).status).toBe(405);
    const huge = await root.call('secret/data/huge', { body: { data: { value: 'x'.repeat(2_000_000) } } });
    expect([huge.status, huge.text]).toEqual([413, expect.stringContaining('too large')]);
    expect((await root.call('sys/mounts/x', { body: { type: 'aws' } })).text).toContain('plugin not found');
  });

  it('say that a port is taken by a Vault', async () => {
    const { port } = await start();
    await expect(start({ port })).rejects.toMatchObject({
      code: 'EMBEDDED_PORT_IN_USE',
      message: expect.stringContaining('If it is a Vault') as string,
    });
  });
});
