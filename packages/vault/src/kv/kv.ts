import type { CallOptions } from '../call-options.js';

/** What a secret holds. Values of KV 2 may be any JSON. */
export type KvData = Readonly<Record<string, unknown>>;

/** One version of a secret. */
export interface KvSecret {
  readonly data: KvData;
  /** As {@link Kv.version} tells it. */
  readonly version: string;
  /** The number of the version; KV 2 only. */
  readonly number?: number;
  /** RFC 3339; KV 2 only. */
  readonly createdTime?: string;
}

/** How to read. */
export interface KvReadOptions extends CallOptions {
  /** A certain version; KV 2 only. Default: the latest. */
  readonly version?: number;
}

/** How to write. */
export interface KvWriteOptions extends CallOptions {
  /** Write only while this is the current version; 0: only if there is none. KV 2 only. */
  readonly cas?: number;
}

/**
 * The key-value engines, version 1 and 2. Paths are those of the `vault kv` command, `mount/path/of/the/secret`, without the `data/`
 * of version 2: which version a mount has is asked once per mount (`sys/internal/ui/mounts`, for which any token with rights below the
 * mount will do) and remembered. Paths with empty, `.` or `..` segments, or with characters of a query, are refused.
 */
export interface Kv {
  /**
   * Reads a secret.
   *
   * @throws VaultError VAULT_NOT_FOUND, VAULT_DELETED, VAULT_DESTROYED, VAULT_DENIED, VAULT_NO_MOUNT.
   */
  read(path: string, options?: KvReadOptions): Promise<KvSecret>;
  /**
   * What changes whenever the secret does, to be compared only. KV 2: from the metadata, which may be read without the right to the
   * data; where metadata is denied, by reading the secret. KV 1: a digest of the data. A digest of a short secret can be
   * guessed: do not publish it.
   *
   * @throws VaultError as `read`.
   */
  version(path: string, options?: CallOptions): Promise<string>;
  /** Writes a secret, or a new version of it. @throws VaultError VAULT_CAS_MISMATCH, VAULT_DENIED, VAULT_NO_MOUNT. */
  write(path: string, data: KvData, options?: KvWriteOptions): Promise<KvWritten>;
  /** Names directly below a path; folders end with `/`. Empty when Vault says that there are none. */
  list(path: string, options?: CallOptions): Promise<readonly string[]>;
  /** Deletes a secret; with KV 2 its latest version, which can be undeleted. One that does not exist counts as deleted. */
  delete(path: string, options?: CallOptions): Promise<void>;
}

/** What became of a write. */
export interface KvWritten {
  /** The number of the new version; KV 2 only. */
  readonly version?: number;
}
