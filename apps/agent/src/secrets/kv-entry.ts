import type { Material } from './material.js';
import type { VaultClient } from '@raftainer/vault';

/** A KV secret as it was last read. */
export interface KvEntry {
  readonly material: Material;
  /** What {@link VaultClient.kv} compares versions by; not to be published. */
  readonly version: string;
  /** The number of the version, which may be published; KV 2 only. */
  readonly number?: number;
  /** When this content was seen first, in steady milliseconds. */
  readonly changedAt: number;
  /** When Vault last said that it is still so, in steady milliseconds. */
  checkedAt: number;
}

/** Why what is known of a secret is not what Vault says now. */
export interface Trouble {
  /** In milliseconds since 1970. */
  readonly since: number;
  /** What Vault says instead of giving it; absent: it could not be asked. */
  readonly problem?: string;
}

/** Which secret, and as who it is read. */
export interface KvQuestion {
  readonly path: string;
  readonly role?: string;
  readonly client: VaultClient;
}
