import { uniqueName } from '@raftainer/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import type { VaultUser } from './vault-user.js';

/** What policies grant. */
export function describePolicies(rootUser: () => VaultUser): void {
  describe('policies', () => {
    let root: VaultUser;
    let kv: string;

    beforeAll(async () => {
      root = rootUser();
      kv = await root.mount('kv', { options: { version: '1' } });
      for (const path of ['a', 'a/b', 'a/b/c', 'secret/x'])
        await root.ok(`${kv}/${path}`, { body: { path } });
    });

    const statusOf = async (user: VaultUser, path: string): Promise<number> =>
      (await user.call(`${kv}/${path}`)).status;

    it('grant by exact path, by the beginning and by one segment', async () => {
      const exact = await root.withPolicy(`path "${kv}/a" { capabilities = ["read"] }`);
      expect([await statusOf(exact, 'a'), await statusOf(exact, 'a/b')]).toEqual([200, 403]);
      const glob = await root.withPolicy(`path "${kv}/a/*" { capabilities = ["read"] }`);
      expect([await statusOf(glob, 'a'), await statusOf(glob, 'a/b/c')]).toEqual([403, 200]);
      const segment = await root.withPolicy(`path "${kv}/+/b" { capabilities = ["read"] }`);
      expect([await statusOf(segment, 'a/b'), await statusOf(segment, 'a/b/c')]).toEqual([200, 403]);
    });

    it('let the closest pattern decide, and a denial above all', async () => {
      const closest = await root.withPolicy(
        `path "${kv}/*" { capabilities = ["read"] }\npath "${kv}/secret/*" { capabilities = ["deny"] }`,
      );
      expect([await statusOf(closest, 'a/b'), await statusOf(closest, 'secret/x')]).toEqual([200, 403]);
      const [allow, deny] = [uniqueName('allow'), uniqueName('deny')];
      await root.ok(`sys/policies/acl/${allow}`, {
        body: { policy: `path "${kv}/a" { capabilities = ["read"] }` },
      });
      await root.ok(`sys/policies/acl/${deny}`, {
        body: { policy: `path "${kv}/a" { capabilities = ["deny"] }` },
      });
      expect(await statusOf(await root.withToken({ policies: [allow, deny] }), 'a')).toBe(403);
    });

    it('tell create from update, and list from read', async () => {
      const user = await root.withPolicy(`path "${kv}/*" { capabilities = ["create", "list"] }`);
      expect((await user.call(`${kv}/fresh`, { body: { a: 1 } })).status).toBe(204);
      expect((await user.call(`${kv}/fresh`, { body: { a: 2 } })).status).toBe(403);
      expect(await statusOf(user, 'fresh')).toBe(403);
      expect((await user.call(`${kv}/a`, { method: 'LIST' })).status).toBe(200);
    });

    it('may be JSON, and take effect for tokens that are there', async () => {
      const name = uniqueName('policy');
      const write = (capabilities: readonly string[]): Promise<unknown> =>
        root.ok(`sys/policies/acl/${name}`, {
          body: { policy: JSON.stringify({ path: { [`${kv}/a`]: { capabilities } } }) },
        });
      await write(['list']);
      const user = await root.withToken({ policies: [name] });
      expect(await statusOf(user, 'a')).toBe(403);
      await write(['read']);
      expect(await statusOf(user, 'a')).toBe(200);
      await root.ok(`sys/policies/acl/${name}`, { method: 'DELETE' });
      expect(await statusOf(user, 'a')).toBe(403);
    });

    it('are refused when they cannot be understood whole', async () => {
      for (const policy of [
        'path "x" { capabilities = ["fly"] }',
        'path "x" { capabilities = ["read" }',
        'path { capabilities = ["read"] }',
        'route "x" { capabilities = ["read"] }',
      ]) {
        const reply = await root.call(`sys/policies/acl/${uniqueName('bad')}`, { body: { policy } });
        expect(reply.status, policy).toBe(400);
      }
    });

    it('are shown as what they grant', async () => {
      const user = await root.withPolicy(`path "${kv}/a" { capabilities = ["read", "list"] }`);
      const paths = [`${kv}/a`, `${kv}/b`];
      const reply = await user.ok('sys/capabilities-self', { body: { paths } });
      expect(reply.body.data).toMatchObject({ [`${kv}/a`]: ['list', 'read'], [`${kv}/b`]: ['deny'] });
    });

    it('decide who may see which engine serves a path', async () => {
      const user = await root.withPolicy(`path "${kv}/a" { capabilities = ["read"] }`);
      expect((await user.ok(`sys/internal/ui/mounts/${kv}/a`)).body.data).toMatchObject({
        path: `${kv}/`,
        type: 'kv',
        options: { version: '1' },
      });
      expect((await user.call('sys/internal/ui/mounts/secret/a')).status).toBe(403);
    });

    it('need sudo for what concerns others', async () => {
      const without = await root.withPolicy('path "auth/token/create-orphan" { capabilities = ["update"] }');
      expect((await without.call('auth/token/create-orphan', { body: {} })).status).toBe(403);
      const sudo = await root.withPolicy(
        'path "auth/token/create-orphan" { capabilities = ["update", "sudo"] }',
      );
      expect((await sudo.call('auth/token/create-orphan', { body: {} })).status).toBe(200);
    });
  });
}
