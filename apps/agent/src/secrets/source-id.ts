import { createHash } from 'node:crypto';

import type { SecretSource } from '@raftainer/pod-spec';

/** Which secret of Vault a source is a part of: what is fetched once for all its parts. */
export interface SourceId {
  readonly kind: 'kv' | 'database' | 'pki';
  /** Path of a KV secret, or `mount/role`: for people. */
  readonly name: string;
  /** Equal for parts of one secret. */
  readonly key: string;
}

/** The secret that a source is a part of. Parts of one pair of credentials, or of one certificate, have one id. */
export function sourceIdOf(source: SecretSource): SourceId {
  if ('vault' in source) return { kind: 'kv', name: source.vault.path, key: `kv:${source.vault.path}` };
  if ('database' in source) {
    const { role, mount = 'database' } = source.database;
    return { kind: 'database', name: `${mount}/${role}`, key: `database:${mount}/${role}` };
  }
  const { role, mount = 'pki', commonName, altNames = [], ttlMs } = source.pki;
  const request = createHash('md5')
    .update(JSON.stringify([commonName, altNames, ttlMs ?? null]))
    .digest('hex');
  return { kind: 'pki', name: `${mount}/${role}`, key: `pki:${mount}/${role}#${request}` };
}
