import type { KvEntry } from './kv-entry.js';

/** Writes a value. */
export interface TxnSet {
  readonly verb: 'set';
  readonly key: string;
  readonly value: string;
  readonly flags?: number;
}

/** Writes a value while the key's `modifyIndex` is `index`; 0: only if the key does not exist. */
export interface TxnCas {
  readonly verb: 'cas';
  readonly key: string;
  readonly value: string;
  readonly index: number;
  readonly flags?: number;
}

/** Takes or gives back the lock on a key, writing its value. */
export interface TxnLock {
  readonly verb: 'lock' | 'unlock';
  readonly key: string;
  readonly value: string;
  readonly session: string;
  readonly flags?: number;
}

/** Reads a key (refused when it does not exist), or all below a prefix; or deletes; or checks absence. */
export interface TxnKey {
  readonly verb: 'get' | 'get-tree' | 'delete' | 'delete-tree' | 'check-not-exists';
  readonly key: string;
}

/** Refuses unless the key's `modifyIndex` is `index`; `delete-cas` then deletes it. */
export interface TxnIndex {
  readonly verb: 'check-index' | 'delete-cas';
  readonly key: string;
  readonly index: number;
}

/** Refuses unless the session holds the lock on the key. */
export interface TxnSession {
  readonly verb: 'check-session';
  readonly key: string;
  readonly session: string;
}

/** One step of a transaction, in Consul's own verbs. */
export type TransactionOp = TxnSet | TxnCas | TxnLock | TxnKey | TxnIndex | TxnSession;

/** Why one operation was refused. */
export interface TransactionFailure {
  /** Position in the operations given. */
  readonly opIndex: number;
  /** Consul's words. */
  readonly message: string;
}

/** All operations took effect. */
export interface TransactionDone {
  readonly ok: true;
  /** What reads and writes returned, in order. Written entries carry an empty value: Consul leaves it out. */
  readonly entries: readonly KvEntry[];
}

/** No operation took effect. */
export interface TransactionRefused {
  readonly ok: false;
  readonly errors: readonly TransactionFailure[];
}

/** The outcome of a transaction that Consul carried out or refused. */
export type TransactionResult = TransactionDone | TransactionRefused;

/** Consul's limit of operations in one transaction. */
export const MAX_TRANSACTION_OPS = 64;
