import { beforeAll, describe, expect, it } from 'vitest';
import type { VaultUser } from './vault-user.js';

/** KV 1 and 2. */
export function describeKv(rootUser: () => VaultUser): void {
  describe('KV 2', () => {
    let root: VaultUser;
    let kv: string;

    beforeAll(async () => {
      root = rootUser();
      kv = await root.mount('kv', { options: { version: '2' } });
    });

    const write = (path: string, data: unknown, options?: unknown): Promise<{ readonly status: number }> =>
      root.call(`${kv}/data/${path}`, { body: { data, options } });
    const read = async (path: string): Promise<unknown> => (await root.call(`${kv}/data/${path}`)).body.data;

    it('keeps as many versions as it is told, the newest', async () => {
      await root.ok(`${kv}/metadata/few`, { body: { max_versions: 2 } });
      for (const value of [1, 2, 3]) await write('few', { value });
      expect((await root.call(`${kv}/data/few?version=1`)).status).toBe(404);
      expect(await read('few?version=2')).toMatchObject({ data: { value: 2 } });
      expect((await root.ok(`${kv}/metadata/few`)).body.data).toMatchObject({
        current_version: 3,
        max_versions: 2,
        oldest_version: 2,
      });
    });

    it('writes with a check only at the version that is meant', async () => {
      expect((await write('cas', { a: 1 }, { cas: 0 })).status).toBe(200);
      expect((await write('cas', { a: 2 }, { cas: 0 })).status).toBe(400);
      await root.ok(`${kv}/metadata/cas`, { body: { cas_required: true } });
      expect((await write('cas', { a: 2 })).status).toBe(400);
      expect((await write('cas', { a: 2 }, { cas: 1 })).status).toBe(200);
    });

    it('deletes, brings back and destroys versions one by one', async () => {
      for (const value of [1, 2]) await write('versions', { value });
      await root.ok(`${kv}/delete/versions`, { body: { versions: [1, 2] } });
      expect((await root.call(`${kv}/data/versions?version=1`)).status).toBe(404);
      await root.ok(`${kv}/undelete/versions`, { body: { versions: [1] } });
      expect(await read('versions?version=1')).toMatchObject({ data: { value: 1 } });
      await root.ok(`${kv}/destroy/versions`, { method: 'PUT', body: { versions: [1] } });
      await root.ok(`${kv}/undelete/versions`, { body: { versions: [1] } });
      expect(await read('versions?version=1')).toMatchObject({ data: null, metadata: { destroyed: true } });
      await root.ok(`${kv}/metadata/versions`, { method: 'DELETE' });
      expect((await root.call(`${kv}/metadata/versions`)).status).toBe(404);
    });

    it('lists folders, with the method LIST and with a query', async () => {
      for (const path of ['folder/a', 'folder/b/c', 'folder/b/d']) await write(path, { value: 1 });
      const keys = ['a', 'b/'];
      expect((await root.ok(`${kv}/metadata/folder`, { method: 'LIST' })).body.data).toEqual({ keys });
      expect((await root.ok(`${kv}/metadata/folder?list=true`)).body.data).toEqual({ keys });
      expect((await root.call(`${kv}/metadata/folder/a`, { method: 'LIST' })).status).toBe(404);
    });

    it('keeps any text that JSON can say', async () => {
      const data = { quotes: `"'\\`, lines: 'a\nb\r\n', unicode: 'ü☃\u0000', long: 'x'.repeat(65_536) };
      await write('odd/näme with spaces', data);
      expect(await read('odd/n%C3%A4me%20with%20spaces')).toMatchObject({ data });
    });
  });

  describe('KV 1', () => {
    it('writes, lists and deletes', async () => {
      const root = rootUser();
      const kv = await root.mount('kv', { options: { version: '1' } });
      await root.ok(`${kv}/a/b`, { body: { value: 'x' } });
      expect((await root.ok(`${kv}/a/b`)).body).toMatchObject({
        data: { value: 'x' },
        lease_duration: 2_764_800,
      });
      expect((await root.ok(kv, { method: 'LIST' })).body.data).toEqual({ keys: ['a/'] });
      await root.ok(`${kv}/a/b`, { method: 'DELETE' });
      expect((await root.call(`${kv}/a/b`)).status).toBe(404);
    });

    it('gives every token a cubbyhole of its own', async () => {
      const root = rootUser();
      const [one, two] = [
        await root.withToken({ policies: ['default'] }),
        await root.withToken({ policies: ['default'] }),
      ];
      await one.ok('cubbyhole/mine', { body: { value: 1 } });
      expect((await one.ok('cubbyhole/mine')).body.data).toEqual({ value: 1 });
      expect((await two.call('cubbyhole/mine')).status).toBe(404);
    });
  });
}
