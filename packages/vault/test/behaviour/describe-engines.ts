import { X509Certificate } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createVault } from '../../src/index.js';
import type { VaultClient } from '../../src/index.js';
import { failure } from '../support/failure.js';
import type { Admin } from './admin.js';

function client({ server }: Admin): VaultClient {
  const vault = createVault({
    address: server.address,
    auth: { method: 'token', token: server.rootToken },
  });
  onTestFinished(() => vault.close());
  return vault;
}

/** A PKI mount with a role `web`. */
async function certificateMount(admin: Admin, role: object): Promise<string> {
  const mount = await admin.mount('pki', { config: { max_lease_ttl: '87600h' } });
  const keys = { key_type: 'ec', key_bits: 256 };
  const root = { common_name: 'example.internal', ttl: '8760h', ...keys };
  await admin.send('POST', `${mount}/root/generate/internal`, root);
  const rules = { allowed_domains: 'example.internal', allow_subdomains: true, max_ttl: '72h' };
  await admin.send('POST', `${mount}/roles/web`, { ...rules, ...keys, ...role });
  return mount;
}

export function describeEngines(admin: () => Admin): void {
  describe('uses engines', () => {
    it('for signatures', async () => {
      const mount = await admin().mount('transit');
      await admin().send('POST', `${mount}/keys/pods`, { type: 'ed25519' });
      const { transit } = client(admin());
      const input = Buffer.from('hello');
      const signature = await transit.sign('pods', input, { mount });
      expect(signature).toMatch(/^vault:v1:/);
      expect(await transit.verify('pods', input, signature, { mount })).toBe(true);
      expect(await transit.verify('pods', Buffer.from('other'), signature, { mount })).toBe(false);
    });

    it('for certificates', async () => {
      const mount = await certificateMount(admin(), {});
      const { pki } = client(admin());
      const issued = await pki.issue('web', { commonName: 'web.example.internal', ttlSec: 3_600, mount });
      const certificate = new X509Certificate(issued.certificate);
      expect(certificate.checkHost('web.example.internal')).toBe('web.example.internal');
      expect(certificate.verify(new X509Certificate(issued.issuingCa).publicKey)).toBe(true);
      expect(Math.abs(issued.expiresAt - Date.parse(certificate.validTo))).toBeLessThan(2_000);
      expect(issued.privateKey).toContain('PRIVATE KEY');
      await pki.revoke(issued.serialNumber, { mount });
      expect(await failure(pki.issue('web', { commonName: 'evil.com', mount }))).toMatchObject({
        code: 'VAULT_BAD_REQUEST',
      });
    });

    it('for certificates that go with their lease', async () => {
      const mount = await certificateMount(admin(), { generate_lease: true });
      const { pki, leases } = client(admin());
      const issued = await pki.issue('web', { commonName: 'web.example.internal', ttlSec: 3_600, mount });
      expect(issued.lease).toMatchObject({ renewable: false });
      const { id = '' } = issued.lease ?? {};
      await leases.revoke(id);
      const { data } = await admin().send('GET', `${mount}/cert/${issued.serialNumber}`);
      expect(Number(data?.revocation_time)).toBeGreaterThan(0);
      await leases.revoke(id);
    });

    it('and knows leases that are gone', async () => {
      const { leases } = client(admin());
      const id = `database/creds/none/${admin().name('lease')}`;
      expect(await failure(leases.renew(id))).toMatchObject({ code: 'VAULT_LEASE_GONE' });
      expect(await failure(leases.lookup(id))).toMatchObject({ code: 'VAULT_LEASE_GONE' });
      await leases.revoke(id);
    });

    it('and hears how the server is', async () => {
      expect(await client(admin()).health()).toMatchObject({
        initialized: true,
        sealed: false,
        standby: false,
      });
    });
  });
}
