import { createPrivateKey, createPublicKey, verify, X509Certificate } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import type { VaultUser } from './vault-user.js';

const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** Certificates and signatures. */
export function describeCrypto(rootUser: () => VaultUser): void {
  describe('PKI', () => {
    async function authority(root: VaultUser, keys: object): Promise<{ pki: string; ca: X509Certificate }> {
      const pki = await root.mount('pki', { config: { max_lease_ttl: '87600h' } });
      const body = { common_name: 'test.internal', ttl: '8760h', ...keys };
      const { data } = (await root.ok(`${pki}/root/generate/internal`, { body })).body;
      return { pki, ca: new X509Certificate(String(data?.certificate)) };
    }

    it.each([
      { key_type: 'ec', key_bits: 256 },
      { key_type: 'ec', key_bits: 384 },
      { key_type: 'rsa', key_bits: 2048 },
    ])('issues certificates that the authority signed, with their key: %o', async (keys) => {
      const root = rootUser();
      const { pki, ca } = await authority(root, keys);
      const rules = { allowed_domains: 'test.internal', allow_subdomains: true, max_ttl: '72h', ...keys };
      await root.ok(`${pki}/roles/web`, { body: rules });
      const wish = {
        common_name: 'a.test.internal',
        alt_names: 'b.test.internal',
        ip_sans: '10.0.0.1',
        ttl: '1h',
      };
      const { data } = (await root.ok(`${pki}/issue/web`, { body: wish })).body;
      const certificate = new X509Certificate(String(data?.certificate));
      expect(ca.ca && ca.verify(ca.publicKey)).toBe(true);
      expect(certificate.checkIssued(ca) && certificate.verify(ca.publicKey)).toBe(true);
      expect(certificate.checkPrivateKey(createPrivateKey(String(data?.private_key)))).toBe(true);
      expect(certificate.subjectAltName).toBe(
        'DNS:a.test.internal, DNS:b.test.internal, IP Address:10.0.0.1',
      );
      expect(certificate.ca).toBe(false);
      expect(data?.serial_number).toBe(certificate.serialNumber.toLowerCase().match(/../g)?.join(':'));
      const lifeMs = Date.parse(certificate.validTo) - Date.now();
      expect(lifeMs).toBeGreaterThan(3_000_000);
      expect(lifeMs).toBeLessThan(3_700_000);
      const pem = await root.as('').call(`${pki}/ca/pem`);
      expect(new X509Certificate(pem.text).fingerprint256).toBe(ca.fingerprint256);
    });

    it('issues only for names that the role allows, and not for longer than it allows', async () => {
      const root = rootUser();
      const { pki } = await authority(root, { key_type: 'ec', key_bits: 256 });
      const rules = {
        allowed_domains: 'test.internal',
        allow_subdomains: true,
        max_ttl: '2h',
        key_type: 'ec',
        key_bits: 256,
      };
      await root.ok(`${pki}/roles/web`, { body: rules });
      const issue = (body: object): ReturnType<VaultUser['call']> => root.call(`${pki}/issue/web`, { body });
      for (const name of ['test.internal', 'eviltest.internal', 'a.test.internal.evil.com'])
        expect((await issue({ common_name: name })).status, name).toBe(400);
      expect((await issue({ common_name: 'a.test.internal', alt_names: 'evil.com' })).status).toBe(400);
      const long = await issue({ common_name: 'a.test.internal', ttl: '9h' });
      expect(Number(long.body.data?.expiration)).toBeLessThanOrEqual(Date.now() / 1000 + 7200);
      await root.ok(`${pki}/revoke`, { body: { serial_number: long.body.data?.serial_number } });
      const revoked = await root.ok(`${pki}/cert/${String(long.body.data?.serial_number)}`);
      expect(Number(revoked.body.data?.revocation_time)).toBeGreaterThan(0);
    });

    it('lends certificates where the role says so, and revokes them with their lease or token', async () => {
      const root = rootUser();
      const keys = { key_type: 'ec', key_bits: 256 };
      const { pki } = await authority(root, keys);
      const rules = {
        allowed_domains: 'test.internal',
        allow_subdomains: true,
        generate_lease: true,
        ...keys,
      };
      await root.ok(`${pki}/roles/web`, { body: rules });
      const body = { common_name: 'a.test.internal', ttl: '1h' };
      const issue = async (user: VaultUser): Promise<{ lease: string; serial: string }> => {
        const issued = (await user.ok(`${pki}/issue/web`, { body })).body;
        expect(issued).toMatchObject({ renewable: false, lease_duration: 3600 });
        expect(issued.lease_id).toMatch(new RegExp(`^${pki}/issue/web/.`));
        return { lease: String(issued.lease_id), serial: String(issued.data?.serial_number) };
      };
      const revokedAt = async (serial: string): Promise<number> =>
        Number((await root.ok(`${pki}/cert/${serial}`)).body.data?.revocation_time);
      const first = await issue(root);
      expect(await revokedAt(first.serial)).toBe(0);
      const renewal = await root.call('sys/leases/renew', { body: { lease_id: first.lease } });
      expect([renewal.status, renewal.body.errors]).toEqual([400, ['lease is not renewable']]);
      await root.ok('sys/leases/revoke', { body: { lease_id: first.lease, sync: true } });
      expect(await revokedAt(first.serial)).toBeGreaterThan(0);

      const child = await root.withToken({});
      const second = await issue(child);
      await root.ok('auth/token/revoke', { body: { token: child.token } });
      await vi.waitFor(async () => {
        expect(await revokedAt(second.serial)).toBeGreaterThan(0);
      });
    });
  });

  describe('transit', () => {
    it('signs so that the public key it shows verifies, also after a rotation', async () => {
      const root = rootUser();
      const transit = await root.mount('transit');
      await root.ok(`${transit}/keys/pods`, { body: { type: 'ed25519' } });
      const input = Buffer.from('definition').toString('base64');
      const signIt = async (): Promise<string> =>
        String((await root.ok(`${transit}/sign/pods`, { body: { input } })).body.data?.signature);
      const verifies = async (signature: string): Promise<unknown> =>
        (await root.ok(`${transit}/verify/pods`, { body: { input, signature } })).body.data?.valid;
      const first = await signIt();
      const { data } = (await root.ok(`${transit}/keys/pods`)).body;
      const keys = data?.keys as Readonly<Record<string, { readonly public_key: string }>>;
      const der = Buffer.concat([ED25519_SPKI, Buffer.from(keys['1']!.public_key, 'base64')]);
      const key = createPublicKey({ key: der, type: 'spki', format: 'der' });
      const bytes = Buffer.from(first.replace('vault:v1:', ''), 'base64');
      expect(verify(null, Buffer.from('definition'), key, bytes)).toBe(true);
      await root.ok(`${transit}/keys/pods/rotate`, { body: {} });
      const second = await signIt();
      expect(second).toMatch(/^vault:v2:/);
      expect([await verifies(first), await verifies(second)]).toEqual([true, true]);
      expect(await verifies(first.replace('v1', 'v2'))).toBe(false);
    });
  });
}
