import { setTimeout as delay } from 'node:timers/promises';
import { eventually, uniqueName } from '@raftainer/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { authOf, type VaultUser } from './vault-user.js';

const MAKES_TOKENS = 'path "auth/token/*" { capabilities = ["create", "update", "read", "sudo"] }';

/** The life of tokens. */
export function describeTokens(rootUser: () => VaultUser): void {
  describe('tokens', () => {
    let root: VaultUser;

    beforeAll(() => {
      root = rootUser();
    });

    const lives = async (user: VaultUser): Promise<boolean> =>
      (await user.call('auth/token/lookup-self')).status === 200;

    it('end with the token that made them, unless they are orphans', async () => {
      const parent = await root.withPolicy(MAKES_TOKENS);
      const child = await parent.withToken({});
      const grandchild = await child.withToken({});
      const orphan = await parent.withToken({}, 'auth/token/create-orphan');
      await parent.ok('auth/token/revoke-self', { body: {} });
      expect(await Promise.all([parent, child, grandchild, orphan].map(lives))).toEqual([
        false,
        false,
        false,
        true,
      ]);
    });

    it('may be revoked without those that they made', async () => {
      const parent = await root.withPolicy(MAKES_TOKENS);
      const child = await parent.withToken({});
      await root.ok('auth/token/revoke-orphan', { body: { token: parent.token } });
      expect([await lives(parent), await lives(child)]).toEqual([false, true]);
      expect((await child.ok('auth/token/lookup-self')).body.data).toMatchObject({ orphan: true });
    });

    it('give away no more than they have', async () => {
      const user = await root.withPolicy('path "auth/token/create" { capabilities = ["update"] }');
      expect((await user.call('auth/token/create', { body: { policies: ['other'] } })).status).toBe(400);
      expect((await user.call('auth/token/create', { body: { policies: ['root'] } })).status).toBe(400);
      expect((await user.call('auth/token/create', { body: { period: '1h' } })).status).toBe(400);
    });

    it('end when their time is over, and live longer when they are renewed', async () => {
      const short = await root.withToken({ policies: ['default'], ttl: '2s' });
      const renewed = await root.withToken({ policies: ['default'], ttl: '2s' });
      const until = Date.now() + 3000;
      while (Date.now() < until) {
        await renewed.ok('auth/token/renew-self', { body: {} });
        await delay(500);
      }
      expect([await lives(short), await lives(renewed)]).toEqual([false, true]);
    });

    it('cannot be renewed beyond their maximum, nor when they say so', async () => {
      const capped = await root.withToken({ policies: ['default'], ttl: '30s', explicit_max_ttl: '60s' });
      const renewal = await capped.ok('auth/token/renew-self', { body: { increment: '1h' } });
      expect(authOf(renewal).lease_duration).toBeLessThanOrEqual(60);
      expect(renewal.body.warnings?.join()).toMatch(/^TTL of "1h.*" exceeded the effective max_ttl/);
      const fixed = await root.withToken({ policies: ['default'], ttl: '30s', renewable: false });
      expect((await fixed.call('auth/token/renew-self', { body: {} })).status).toBe(400);
    });

    it('are renewed by their period, whatever is asked for', async () => {
      const periodic = await root.withToken({ policies: ['default'], period: '30s' });
      expect(periodic.auth.lease_duration).toBe(30);
      const renewal = await periodic.ok('auth/token/renew-self', { body: { increment: '1h' } });
      expect(authOf(renewal).lease_duration).toBe(30);
    });

    it('end after as many uses as they were given', async () => {
      const user = await root.withToken({ policies: ['default'], num_uses: 2 });
      expect([await lives(user), await lives(user), await lives(user)]).toEqual([true, true, false]);
      const refused = await root.withToken({ policies: ['default'], num_uses: 1 });
      expect((await refused.call('sys/mounts')).status).toBe(403);
      expect(await lives(refused)).toBe(false);
    });

    it('are looked up, renewed and revoked by their accessor, without giving the token away', async () => {
      const user = await root.withToken({ policies: ['default'], ttl: '1h' });
      const { accessor } = user.auth;
      const looked = await root.ok('auth/token/lookup-accessor', { body: { accessor } });
      expect(looked.body.data).toMatchObject({ accessor, id: '' });
      const renewed = await root.ok('auth/token/renew-accessor', { body: { accessor, increment: '2h' } });
      expect(authOf(renewed)).toMatchObject({ client_token: '', lease_duration: 7200 });
      await root.ok('auth/token/revoke-accessor', { body: { accessor } });
      expect(await lives(user)).toBe(false);
      expect((await root.call('auth/token/lookup-accessor', { body: { accessor } })).status).toBe(403);
    });

    it('are made by a role as the role says, with policies that the caller need not have', async () => {
      const [role, policy] = [uniqueName('role'), uniqueName('policy')];
      await root.ok(`sys/policies/acl/${policy}`, {
        body: { policy: 'path "secret/*" { capabilities = ["read"] }' },
      });
      await root.ok(`auth/token/roles/${role}`, {
        body: { allowed_policies: [policy], orphan: true, token_period: '1m', renewable: true },
      });
      const agent = await root.withPolicy(`path "auth/token/create/${role}" { capabilities = ["update"] }`);
      const made = await agent.withToken({}, `auth/token/create/${role}`);
      expect(made.auth).toMatchObject({
        policies: ['default', policy].sort(),
        orphan: true,
        lease_duration: 60,
      });
      const more = await agent.call(`auth/token/create/${role}`, { body: { policies: ['root'] } });
      expect(more.status).toBe(400);
      await agent.ok('auth/token/revoke-self', { body: {} });
      expect(await lives(made)).toBe(true);
    });

    it('are gone for those who hold them once expired, with what they made', async () => {
      const parent = await root.withPolicy(MAKES_TOKENS, { ttl: '1s' });
      const child = await parent.withToken({ ttl: '1h' });
      await eventually(async () => {
        expect(await lives(child)).toBe(false);
      });
    });
  });
}
