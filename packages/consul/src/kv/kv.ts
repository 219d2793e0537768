import type { CallOptions } from '../call-options.js';
import type { KvEntry, KvList } from './kv-entry.js';
import type { TransactionOp, TransactionResult } from './transaction.js';

/** How to write a value. */
export interface KvSetOptions extends CallOptions {
  /** The user's own number, kept with the value. Default 0. */
  readonly flags?: number;
}

/** What to delete. */
export interface KvDeleteOptions extends CallOptions {
  /** Delete only while the key's `modifyIndex` is still this. */
  readonly cas?: number;
  /** Delete every key that begins with the given one. Not together with `cas`, nor with an empty prefix. */
  readonly recurse?: boolean;
}

/** How to read. */
export interface KvReadOptions extends CallOptions {
  /**
   * The leader asks the other servers whether it still leads, and has applied all that was written before, so that the
   * answer is never older than the last write that anybody was told of. Costs a round trip between the servers. Without it
   * a server that has just started or been elected may answer with a state of the past.
   * https://developer.hashicorp.com/consul/api-docs/features/consistency. Default false.
   */
  readonly consistent?: boolean;
}

/** How to list key names. */
export interface KvKeysOptions extends KvReadOptions {
  /** Stop at the first occurrence after the prefix: `/` lists one level, like a directory. */
  readonly separator?: string;
}

/**
 * Consul's key-value store. Values are limited to 512 kB (524 288 bytes); larger ones are refused with
 * `CONSUL_VALUE_TOO_LARGE` before anything is sent.
 */
export interface Kv {
  /** The entry, or undefined when there is no such key. */
  get(key: string, options?: KvReadOptions): Promise<KvEntry | undefined>;
  /** Every entry whose key begins with `prefix`. */
  list(prefix: string, options?: KvReadOptions): Promise<KvList>;
  /** The names only: much smaller than `list`. */
  keys(prefix: string, options?: KvKeysOptions): Promise<readonly string[]>;
  /**
   * Writes unconditionally. On a locked key the lock stays, but its `lockIndex` starts over: to write a new value while
   * holding the lock, `acquire` again. Writing what is there already changes nothing, not even `modifyIndex`.
   */
  set(key: string, value: string, options?: KvSetOptions): Promise<void>;
  /** Writes only while `modifyIndex` is still the key's; 0 means: only if it does not exist. False: it was not. */
  cas(key: string, value: string, modifyIndex: number, options?: KvSetOptions): Promise<boolean>;
  /** Deletes. A key that does not exist counts as deleted. False: `cas` did not match. */
  delete(key: string, options?: KvDeleteOptions): Promise<boolean>;
  /**
   * Takes the lock on a key and writes its value. False: held by another session, or in its lock delay.
   * The holder may acquire again, to write a new value. Throws `CONSUL_SESSION_INVALID`.
   */
  acquire(key: string, value: string, sessionId: string, options?: KvSetOptions): Promise<boolean>;
  /** Gives the lock back and writes the value. False: this session does not hold it. */
  release(key: string, value: string, sessionId: string, options?: KvSetOptions): Promise<boolean>;
  /** Up to 64 operations, all or none. A refused operation is a result, not an exception. */
  transaction(operations: readonly TransactionOp[], options?: CallOptions): Promise<TransactionResult>;
}
