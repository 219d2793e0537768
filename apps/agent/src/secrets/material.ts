import { isIP } from 'node:net';

import type { SecretSource } from '@raftainer/pod-spec';
import type { CallOptions, KvData, Lease, VaultClient } from '@raftainer/vault';

/** What Vault gave for one source, of which files and variables take their parts. Lives in memory only. */
export type Material =
  | { readonly kind: 'kv'; readonly data: KvData }
  | { readonly kind: 'database'; readonly username: string; readonly password: string }
  | {
      readonly kind: 'pki';
      readonly certificate: string;
      readonly privateKey: string;
      readonly caChain: readonly string[];
    };

/** Material that ends, and how. */
export interface Issued {
  readonly material: Material;
  /** Absent for a certificate of a role that makes no leases: it simply ends. */
  readonly lease?: Lease;
  /** End of a certificate, in milliseconds since 1970. */
  readonly expiresAt?: number;
}

/** A source that Vault makes something new for, each time it is asked. */
export type IssuedSource = Exclude<SecretSource, { readonly vault: unknown }>;

/** Has Vault make credentials or a certificate. @throws VaultError */
export async function issue(
  source: IssuedSource,
  client: VaultClient,
  options: CallOptions,
): Promise<Issued> {
  if ('database' in source) {
    const { role, mount } = source.database;
    const { username, password, lease } = await client.database.credentials(role, {
      ...options,
      ...(mount === undefined ? {} : { mount }),
    });
    return { material: { kind: 'database', username, password }, lease };
  }
  const { role, mount, commonName, altNames = [], ttlMs } = source.pki;
  const names = altNames.filter((name) => isIP(name) === 0);
  const addresses = altNames.filter((name) => isIP(name) !== 0);
  const request = {
    commonName,
    ...(names.length === 0 ? {} : { altNames: names }),
    ...(addresses.length === 0 ? {} : { ipSans: addresses }),
    ...(ttlMs === undefined ? {} : { ttlSec: Math.ceil(ttlMs / 1_000) }),
    ...(mount === undefined ? {} : { mount }),
  };
  const issued = await client.pki.issue(role, request, options);
  const { certificate, privateKey, issuingCa, lease, expiresAt } = issued;
  const caChain = issued.caChain.length === 0 ? [issuingCa] : issued.caChain;
  const material = { kind: 'pki', certificate, privateKey, caChain } as const;
  return { material, expiresAt, ...(lease === undefined ? {} : { lease }) };
}
