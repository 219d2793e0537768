import type { TokenState } from './credentials/token.js';
import type { Kv } from './kv/kv.js';
import type { KvEntry, KvList } from './kv/kv-entry.js';
import type { Lock, LockOptions } from './lock/lock.js';
import type { Services, ServiceHealth } from './services/services.js';
import type { Status } from './services/status.js';
import type { Sessions } from './session/sessions.js';
import type { WatchOptions, WatchUpdate } from './watch/watch.js';

/** Which instances to watch. */
export interface WatchServiceOptions extends WatchOptions {
  /** Only those whose checks all pass. Default false. */
  readonly passing?: boolean;
}

/** Which names to watch. */
export interface WatchKeysOptions extends WatchOptions {
  /** Stop at the first occurrence after the prefix: `/` gives one level, like a directory. What is below counts as a change. */
  readonly separator?: string;
}

/**
 * One Consul agent. Every call has a deadline, honours an `AbortSignal` and throws `ConsulError` only.
 *
 * Watches yield the state as it is first, then again whenever its index changes; while the consumer is busy,
 * changes coalesce. Failures are retried for ever with back-off, and told to `onError`. The same state may come
 * twice: consumers must be idempotent.
 */
export interface ConsulClient {
  readonly kv: Kv;
  readonly sessions: Sessions;
  readonly services: Services;
  readonly status: Status;
  /** How the token in use fares. Read again with every call that is made. */
  readonly token: TokenState;
  /** Follows one key; undefined while it does not exist. */
  watchKey(key: string, options?: WatchOptions): AsyncIterable<WatchUpdate<KvEntry | undefined>>;
  /** Follows everything below a prefix. Each change reads all of it. */
  watchPrefix(prefix: string, options?: WatchOptions): AsyncIterable<WatchUpdate<KvList>>;
  /** Follows everything below a prefix, but reads the names only. Changes of values count too. */
  watchKeys(prefix: string, options?: WatchKeysOptions): AsyncIterable<WatchUpdate<readonly string[]>>;
  /** Follows the instances of a service and their health. */
  watchService(
    serviceName: string,
    options?: WatchServiceOptions,
  ): AsyncIterable<WatchUpdate<readonly ServiceHealth[]>>;
  /**
   * Waits, by a blocking query, until the lock on `key` is ours. Throws `CONSUL_SESSION_INVALID` or the session's
   * `CONSUL_SESSION_LOST`.
   */
  lock(key: string, options: LockOptions): Promise<Lock>;
  /** Ends every call with `CONSUL_ABORTED`, every watch without an error, and closes the connections. */
  close(): void;
}
