import type { TestVault } from './test-vault.js';

/**
 * An authority in a Vault, for names below `example.internal`: the role `lent` for certificates of an hour that can be taken
 * back, `briefly-lent` for such of seconds, `briefly-given` for those that simply end.
 */
export async function startAuthority(vault: TestVault): Promise<void> {
  const keys = { key_type: 'ec', key_bits: 256 };
  await vault.request('POST', 'sys/mounts/pki', { type: 'pki', config: { max_lease_ttl: '8760h' } });
  const root = { common_name: 'example.internal', ttl: '8760h', ...keys };
  await vault.request('POST', 'pki/root/generate/internal', root);
  const rules = { allowed_domains: 'example.internal', allow_subdomains: true, ...keys };
  const brief = { ...rules, ttl: '15s' };
  await vault.request('POST', 'pki/roles/lent', { ...rules, ttl: '1h', generate_lease: true });
  await vault.request('POST', 'pki/roles/briefly-lent', { ...brief, generate_lease: true });
  await vault.request('POST', 'pki/roles/briefly-given', brief);
}
