import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { uniqueName } from '@raftainer/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import type { VaultReply } from '../vault-api.js';
import { authOf, type VaultUser } from './vault-user.js';

/** Ways to log in, and answers that are wrapped. */
export function describeLogins(rootUser: () => VaultUser): void {
  describe('AppRole', () => {
    let root: VaultUser;
    let mount: string;

    beforeAll(async () => {
      root = rootUser();
      mount = `auth/${uniqueName('approle')}`;
      await root.ok(`sys/${mount}`, { body: { type: 'approle' } });
    });

    async function makeRole(
      settings: Readonly<Record<string, unknown>> = {},
    ): Promise<{ role: string; roleId: string }> {
      const role = uniqueName('role');
      await root.ok(`${mount}/role/${role}`, { body: { token_policies: ['default'], ...settings } });
      const { data } = (await root.ok(`${mount}/role/${role}/role-id`)).body;
      return { role, roleId: String(data?.role_id) };
    }

    async function makeSecretId(role: string): Promise<{ readonly id: string; readonly accessor: string }> {
      const { data } = (await root.ok(`${mount}/role/${role}/secret-id`, { body: {} })).body;
      return { id: String(data?.secret_id), accessor: String(data?.secret_id_accessor) };
    }

    const login = (roleId: string, secretId: string): Promise<VaultReply> =>
      root.as('').call(`${mount}/login`, { body: { role_id: roleId, secret_id: secretId } });

    it('counts the uses of a secret id', async () => {
      const { role, roleId } = await makeRole({ secret_id_num_uses: 2 });
      const { id } = await makeSecretId(role);
      const statuses = [await login(roleId, id), await login(roleId, id), await login(roleId, id)];
      expect(statuses.map(({ status }) => status)).toEqual([200, 200, 400]);
    });

    it('ends a secret id with its time, or when it is destroyed by its accessor', async () => {
      const { role, roleId } = await makeRole({ secret_id_ttl: '1s' });
      const short = await makeSecretId(role);
      await delay(1500);
      expect((await login(roleId, short.id)).status).toBe(400);
      const destroyed = await makeSecretId(role);
      const body = { secret_id_accessor: destroyed.accessor };
      await root.ok(`${mount}/role/${role}/secret-id-accessor/destroy`, { body });
      expect((await login(roleId, destroyed.id)).status).toBe(400);
    });

    it('does not take the secret id of another role', async () => {
      const [one, two] = [await makeRole(), await makeRole()];
      const { id } = await makeSecretId(one.role);
      expect((await login(two.roleId, id)).status).toBe(400);
      expect((await login(one.roleId, id)).status).toBe(200);
    });

    it('gives tokens as the role says', async () => {
      const { role, roleId } = await makeRole({ token_ttl: '10m', token_max_ttl: '20m' });
      const { id } = await makeSecretId(role);
      const auth = authOf(await login(roleId, id));
      expect(auth).toMatchObject({ lease_duration: 600, renewable: true, orphan: true });
      const renewal = await root
        .as(auth.client_token)
        .ok('auth/token/renew-self', { body: { increment: '1h' } });
      expect(authOf(renewal).lease_duration).toBeLessThanOrEqual(1200);
    });
  });

  describe('JWT', () => {
    it('takes tokens that a known key signed and that say what the role wants', async () => {
      const root = rootUser();
      const mount = `auth/${uniqueName('jwt')}`;
      await root.ok(`sys/${mount}`, { body: { type: 'jwt' } });
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const pem = publicKey.export({ type: 'spki', format: 'pem' });
      await root.ok(`${mount}/config`, { body: { jwt_validation_pubkeys: [pem], bound_issuer: 'ci' } });
      await root.ok(`${mount}/role/agent`, {
        body: {
          role_type: 'jwt',
          user_claim: 'sub',
          bound_audiences: ['vault'],
          bound_claims: { env: ['prod'] },
          token_policies: ['default'],
          token_ttl: '5m',
        },
      });
      const claims = {
        iss: 'ci',
        sub: 'host-1',
        aud: 'vault',
        env: 'prod',
        exp: Math.floor(Date.now() / 1000) + 600,
      };
      const login = (jwt: string): Promise<VaultReply> =>
        root.as('').call(`${mount}/login`, { body: { role: 'agent', jwt } });
      expect(authOf(await login(signed(claims, privateKey)))).toMatchObject({ lease_duration: 300 });
      for (const wrong of [
        signed(claims, stranger.privateKey),
        signed({ ...claims, env: 'test' }, privateKey),
        signed({ ...claims, aud: 'other' }, privateKey),
        signed({ ...claims, iss: 'other' }, privateKey),
        signed({ ...claims, exp: Math.floor(Date.now() / 1000) - 3600 }, privateKey),
        unsigned(claims),
      ])
        expect((await login(wrong)).status).toBe(400);
    });
  });

  describe('wrapping', () => {
    it('keeps an answer for one who fetches it once, in time', async () => {
      const root = rootUser();
      const kv = await root.mount('kv', { options: { version: '1' } });
      await root.ok(`${kv}/a`, { body: { value: 'x' } });
      const wrap = async (ttl: string): Promise<string> => {
        const reply = await root.ok(`${kv}/a`, { headers: { 'X-Vault-Wrap-TTL': ttl } });
        expect(reply.body).toMatchObject({ data: null, wrap_info: { creation_path: `${kv}/a` } });
        return reply.body.wrap_info!.token;
      };
      const token = await wrap('60s');
      expect((await root.as(token).call(`${kv}/a`)).status).toBe(403);
      const looked = await root.ok('sys/wrapping/lookup', { body: { token } });
      expect(looked.body.data).toMatchObject({ creation_path: `${kv}/a`, creation_ttl: 60 });
      expect((await root.as(token).ok('sys/wrapping/unwrap', { body: {} })).body.data).toEqual({
        value: 'x',
      });
      expect((await root.as(token).call('sys/wrapping/unwrap', { body: {} })).status).toBe(400);
      const late = await wrap('1');
      await delay(1500);
      expect((await root.ok('sys/health')).status).toBe(200);
      expect((await root.call('sys/wrapping/unwrap', { body: { token: late } })).status).toBe(400);
    });
  });
}

/** A JSON Web Token signed with ES256. */
function signed(claims: object, key: KeyObject): string {
  const content = `${part({ alg: 'ES256', typ: 'JWT' })}.${part(claims)}`;
  const signature = sign('sha256', Buffer.from(content), { key, dsaEncoding: 'ieee-p1363' });
  return `${content}.${signature.toString('base64url')}`;
}

function unsigned(claims: object): string {
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`;
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
