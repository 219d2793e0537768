/** One record of the durable state: its key, and its bytes or `undefined` when it is to be removed. */
export interface JournalChange {
  readonly key: string;
  readonly value: Buffer | undefined;
}

/** A record as read back. */
export interface JournalRecord {
  readonly key: string;
  readonly value: Buffer;
}

/**
 * Where a server's state is kept. Changes are appended in the order they were made and become durable in
 * that order; what is appended while an earlier group is being written goes out as one group with one sync.
 */
export interface Journal {
  /** All records, in key order. Called once, before the first append. */
  load(): AsyncIterable<JournalRecord>;
  /** Queues changes; never waits, never throws. */
  append(changes: readonly JournalChange[]): void;
  /**
   * Resolves once everything appended so far is durable. Rejects with `EMBEDDED_DATA_UNWRITABLE` when it could
   * not be written; the changes stay queued and the next call tries again.
   */
  settled(): Promise<void>;
  /** Writes what is queued and closes. */
  close(): Promise<void>;
}
