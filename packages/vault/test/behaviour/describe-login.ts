import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createVault } from '../../src/index.js';
import type { TokenEvent, VaultAuth, VaultClient } from '../../src/index.js';
import { failure } from '../support/failure.js';
import type { Admin, AppRole } from './admin.js';

interface Watched {
  readonly vault: VaultClient;
  readonly events: TokenEvent[];
}

function client({ server }: Admin, auth: VaultAuth): Watched {
  const events: TokenEvent[] = [];
  const onTokenChange = (event: TokenEvent): void => void events.push(event);
  const vault = createVault({ address: server.address, auth, onTokenChange });
  onTestFinished(() => vault.close());
  return { vault, events };
}

export function describeLogin(admin: () => Admin): void {
  describe('logs in', () => {
    let secret: string;
    let policy: string;
    let role: AppRole;

    const appRole = async (settings: object): Promise<AppRole> =>
      admin().appRole({ token_policies: [policy], token_ttl: '20m', token_max_ttl: '1h', ...settings });
    const loginTo = async ({ mount, roleId, secretId }: AppRole): Promise<VaultAuth> => ({
      method: 'approle',
      mount,
      roleId,
      secretId: await secretId(),
    });

    beforeAll(async () => {
      const mount = await admin().mount('kv', { options: { version: '2' } });
      secret = `${mount}/web`;
      await admin().send('POST', `${mount}/data/web`, { data: { A: 'b' } });
      policy = await admin().policy(`path "${mount}/*" { capabilities = ["read", "list"] }`);
      role = await appRole({});
    });

    it('by AppRole', async () => {
      const { vault, events } = client(admin(), await loginTo(role));
      await Promise.all(Array.from({ length: 10 }, () => vault.kv.read(secret)));
      expect(events.map(({ type }) => type)).toEqual(['logged-in']);
      const { state, expiresAt = 0, renewable } = vault.tokenState();
      expect([state, renewable]).toEqual(['valid', true]);
      expect(Math.abs(expiresAt - Date.now() - 1_200_000)).toBeLessThan(30_000);
    });

    it('by AppRole with a wrapped secret id, which serves once', async () => {
      const secretId = await role.wrappedSecretId();
      const auth = {
        method: 'approle',
        mount: role.mount,
        roleId: role.roleId,
        secretId,
        wrapped: true,
      } as const;
      const { vault } = client(admin(), auth);
      expect((await vault.kv.read(secret)).data).toEqual({ A: 'b' });
      const error = await failure(client(admin(), auth).vault.kv.read(secret));
      expect(error).toMatchObject({ code: 'VAULT_LOGIN_FAILED', retryable: false });
      expect(error.message).toContain('wrapping token was used already');
    });

    it('not with a wrong role id or secret id, nor with one that is used up', async () => {
      const good = { method: 'approle', mount: role.mount, roleId: role.roleId } as const;
      for (const auth of [
        { ...good, secretId: 'wrong-secret-id' },
        { ...good, roleId: 'wrong-role-id', secretId: await role.secretId() },
      ]) {
        expect(await failure(client(admin(), auth).vault.kv.read(secret))).toMatchObject({
          code: 'VAULT_LOGIN_FAILED',
        });
      }
      const once = await loginTo(await appRole({ secret_id_num_uses: 1 }));
      await client(admin(), once).vault.kv.read(secret);
      const error = await failure(client(admin(), once).vault.kv.read(secret));
      expect(error).toMatchObject({ code: 'VAULT_LOGIN_FAILED' });
      expect(error.message).toContain('used up');
    });

    it('again when its token was revoked', async () => {
      const { vault, events } = client(admin(), await loginTo(role));
      await vault.kv.read(secret);
      const { accessor } = vault.tokenState();
      await admin().send('POST', 'auth/token/revoke-accessor', { accessor });
      await Promise.all(Array.from({ length: 5 }, () => vault.kv.read(secret)));
      expect(events.map(({ type }) => type)).toEqual(['logged-in', 'lost', 'logged-in']);
    });

    it('renews its token, and logs in again before its maximum, without a failed call', async () => {
      const { vault, events } = client(
        admin(),
        await loginTo(await appRole({ token_ttl: '3s', token_max_ttl: '6s' })),
      );
      const end = Date.now() + 12_000;
      while (Date.now() < end) {
        await vault.kv.read(secret);
        await sleep(100);
      }
      const types = events.map(({ type }) => type);
      expect(types.filter((type) => type === 'renewed').length).toBeGreaterThanOrEqual(2);
      expect(types.filter((type) => type === 'logged-in').length).toBeGreaterThanOrEqual(2);
      expect(types).not.toContain('lost');
    });

    it('and says in time that a given token ends', async () => {
      const created = await admin().send('POST', 'auth/token/create', {
        policies: [policy],
        ttl: '3s',
        explicit_max_ttl: '4s',
      });
      const { vault, events } = client(admin(), { method: 'token', token: created.auth?.client_token ?? '' });
      await vault.kv.read(secret);
      await sleep(6_000);
      const types = events.map(({ type }) => type);
      expect(types.at(-1)).toBe('lost');
      expect(types.indexOf('renewal-failed')).toBeGreaterThan(0);
      expect(await failure(vault.kv.read(secret))).toMatchObject({
        code: 'VAULT_TOKEN_LOST',
        retryable: false,
      });
      expect(
        await failure(client(admin(), { method: 'token', token: 'no-such-token' }).vault.kv.read(secret)),
      ).toMatchObject({
        code: 'VAULT_LOGIN_FAILED',
      });
    });

    it('with tokens of a role, each with its own rights', async () => {
      const tokenRole = admin().name('pod');
      await admin().send('POST', `auth/token/roles/${tokenRole}`, {
        allowed_policies: [policy],
        orphan: true,
      });
      const host = await admin().policy(`path "auth/token/create/${tokenRole}" { capabilities = ["update"] }
path "auth/token/revoke-accessor" { capabilities = ["update"] }
path "auth/token/renew-accessor" { capabilities = ["update"] }`);
      const { vault } = client(admin(), await loginTo(await appRole({ token_policies: [host] })));
      const pod = vault.withTokenRole(tokenRole);
      expect((await pod.kv.read(secret)).data).toEqual({ A: 'b' });
      expect(await failure(vault.kv.read(secret))).toMatchObject({ code: 'VAULT_DENIED' });
      const { accessor = '' } = pod.tokenState();
      await vault.tokens.renewAccessor(accessor);
      await vault.tokens.revokeAccessor(accessor);
      await vault.tokens.revokeAccessor(accessor);
      expect(await failure(vault.tokens.renewAccessor(accessor))).toMatchObject({ code: 'VAULT_NOT_FOUND' });
      expect((await pod.kv.read(secret)).data).toEqual({ A: 'b' });
      expect(pod.tokenState().accessor).not.toBe(accessor);
    });

    it('and revokes its token when it is told to', async () => {
      const { vault } = client(admin(), await loginTo(role));
      await vault.kv.read(secret);
      const { accessor } = vault.tokenState();
      await vault.close({ revoke: true });
      await expect(admin().send('POST', 'auth/token/lookup-accessor', { accessor })).rejects.toThrow(
        /40[034]/,
      );
    });
  });
}
