import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createVault } from '../../src/index.js';
import type { VaultClient } from '../../src/index.js';
import { failure } from '../support/failure.js';
import type { Admin } from './admin.js';

function client({ server }: Admin, token = server.rootToken): VaultClient {
  const vault = createVault({ address: server.address, auth: { method: 'token', token } });
  onTestFinished(() => vault.close());
  return vault;
}

export function describeKv(admin: () => Admin): void {
  describe.each([1, 2] as const)('with KV %i', (version) => {
    let mount: string;
    beforeAll(async () => {
      mount = await admin().mount('kv', { options: { version: String(version) } });
    });

    it('reads what it wrote, to the byte', async () => {
      const vault = client(admin());
      const data = {
        QUOTES: `"'\`$\\`,
        LINES: 'a\nb\r\n\tc\u0000',
        LARGE: 'x'.repeat(64 * 1024),
        BINARY: Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('base64'),
        UNICODE: 'naïve 日本 🙂',
        EMPTY: '',
        NESTED: { a: [1, 2, { b: null }] },
        NUMBER: 42,
      };
      await vault.kv.write(`${mount}/team/web app`, data);
      const secret = await vault.kv.read(`${mount}/team/web app`);
      expect(secret.data).toEqual(data);
      expect(await vault.kv.version(`${mount}/team/web app`)).toBe(secret.version);
    });

    it('notices a new version', async () => {
      const vault = client(admin());
      await vault.kv.write(`${mount}/changing`, { A: '1' });
      const first = await vault.kv.version(`${mount}/changing`);
      expect(await vault.kv.version(`${mount}/changing`)).toBe(first);
      await vault.kv.write(`${mount}/changing`, { A: '2' });
      expect(await vault.kv.version(`${mount}/changing`)).not.toBe(first);
    });

    it('lists, deletes and misses', async () => {
      const vault = client(admin());
      await vault.kv.write(`${mount}/folder/one`, { A: '1' });
      await vault.kv.write(`${mount}/folder/deep/two`, { A: '2' });
      expect([...(await vault.kv.list(`${mount}/folder`))].sort()).toEqual(['deep/', 'one']);
      expect(await vault.kv.list(mount)).toContain('folder/');
      expect(await vault.kv.list(`${mount}/none`)).toEqual([]);
      await vault.kv.delete(`${mount}/folder/one`);
      await vault.kv.delete(`${mount}/folder/never`);
      const code = version === 1 ? 'VAULT_NOT_FOUND' : 'VAULT_DELETED';
      expect(await failure(vault.kv.read(`${mount}/folder/one`))).toMatchObject({ code });
      expect(await failure(vault.kv.version(`${mount}/folder/one`))).toMatchObject({ code });
      expect(await failure(vault.kv.read(`${mount}/nothing`))).toMatchObject({ code: 'VAULT_NOT_FOUND' });
    });

    it('is denied what no policy allows, and told what is missing', async () => {
      const data = version === 1 ? mount : `${mount}/data`;
      const policy = await admin().policy(`path "${data}/mine" { capabilities = ["read"] }`);
      const { auth } = await admin().send('POST', 'auth/token/create', { policies: [policy], ttl: '1h' });
      await client(admin()).kv.write(`${mount}/mine`, { A: '1' });
      await client(admin()).kv.write(`${mount}/other`, { A: '1' });
      const vault = client(admin(), auth?.client_token);
      const mine = await vault.kv.read(`${mount}/mine`);
      expect(mine.data).toEqual({ A: '1' });
      expect(await vault.kv.version(`${mount}/mine`)).toBe(mine.version);
      const error = await failure(vault.kv.read(`${mount}/other`));
      expect(error).toMatchObject({ code: 'VAULT_DENIED', path: `${data}/other` });
      expect(error.message).toContain(`path "${data}/other" { capabilities = ["read"] }`);
      expect(await failure(vault.kv.write(`${mount}/mine`, {}))).toMatchObject({ code: 'VAULT_DENIED' });
    });
  });

  it('guards writes, reads old versions, and tells destroyed from deleted (KV 2)', async () => {
    const vault = client(admin());
    const mount = await admin().mount('kv', { options: { version: '2' } });
    expect(await vault.kv.write(`${mount}/web`, { A: '1' }, { cas: 0 })).toEqual({ version: 1 });
    expect(await vault.kv.write(`${mount}/web`, { A: '2' }, { cas: 1 })).toEqual({ version: 2 });
    expect(await failure(vault.kv.write(`${mount}/web`, { A: '3' }, { cas: 1 }))).toMatchObject({
      code: 'VAULT_CAS_MISMATCH',
    });
    expect(await vault.kv.read(`${mount}/web`, { version: 1 })).toMatchObject({
      data: { A: '1' },
      number: 1,
    });
    await admin().send('PUT', `${mount}/destroy/web`, { versions: [1] });
    const old = vault.kv.read(`${mount}/web`, { version: 1 });
    expect(await failure(old)).toMatchObject({ code: 'VAULT_DESTROYED' });
    expect(await failure(vault.kv.read(`${mount}/web`, { version: 9 }))).toMatchObject({
      code: 'VAULT_NOT_FOUND',
    });
  });

  it('knows a path without a mount', async () => {
    const error = await failure(client(admin()).kv.read(`${admin().name('none')}/web`));
    expect(error).toMatchObject({ code: 'VAULT_NO_MOUNT' });
  });
}
