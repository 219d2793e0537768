/** One key with its value and bookkeeping. */
export interface KvEntry {
  /** Full key. */
  readonly key: string;
  /** The value as UTF-8 text; the empty string when there is none. Binary values do not survive this. */
  readonly value: string;
  /** The user's own number. Above 2^53 it loses precision. */
  readonly flags: number;
  /** Session that holds the lock on this key, while one does. */
  readonly session?: string;
  /** How many times the lock was acquired: a fencing token. A plain `set` of the key starts it over at 0. */
  readonly lockIndex: number;
  /** Raft index of the key's creation. */
  readonly createIndex: number;
  /** Raft index of the last change, locking and unlocking included. The number for `cas`. */
  readonly modifyIndex: number;
}

/** All entries below a prefix, from one consistent read. */
export interface KvList {
  /** Sorted by key. Empty when there is nothing: never an error. */
  readonly entries: readonly KvEntry[];
  /** `X-Consul-Index` of the read. */
  readonly index: number;
}
