import type { TableName, Tables } from './records.js';
import { StateIndexes } from './state-indexes.js';
import { StateWriter } from './state-writer.js';
import { TableSet, type AnyChange, type Commit, type StateReader } from './table-set.js';

/**
 * The whole state of a server, in memory, with one writer: a write is a synchronous function, it happens wholly
 * or (when it throws or cancels) not at all, and it moves the index by one only if it changed something.
 */
export class Store implements StateReader {
  /** Which index each kind of read reports. */
  readonly indexes: StateIndexes;
  private currentIndex: number;
  private readonly tables = new TableSet();
  private readonly listeners: ((commit: Commit) => void)[] = [];
  private readonly undelivered: Commit[] = [];
  private delivering = false;

  /** Starts at `index` with `records`, which carry their own indexes. */
  constructor(index: number, records: readonly AnyChange[] = []) {
    this.currentIndex = index;
    for (const record of records) this.tables.apply(record);
    this.indexes = new StateIndexes(this.tables, index);
  }

  /** The index of the last commit. */
  get index(): number {
    return this.currentIndex;
  }

  get<N extends TableName>(table: N, key: string): Tables[N] | undefined {
    return this.tables.get(table, key);
  }

  list<N extends TableName>(table: N, prefix?: string): readonly Tables[N][] {
    return this.tables.list(table, prefix);
  }

  /** Calls `listener` after every commit, in order; listeners may write. */
  onCommit(listener: (commit: Commit) => void): void {
    this.listeners.push(listener);
  }

  /** Runs `mutate` as one write and returns what it returns. */
  write<R>(mutate: (writer: StateWriter) => R): R {
    const writer = new StateWriter(this.tables, this.currentIndex + 1);
    let result: R;
    try {
      result = mutate(writer);
    } catch (error) {
      this.undo(writer.changes);
      throw error;
    }
    if (writer.cancelled) this.undo(writer.changes);
    else if (writer.changes.length > 0) this.commit(writer.changes);
    return result;
  }

  /**
   * Replaces a record without a commit: nobody is woken, no index moves and nothing is kept on disk. For what
   * changes often and matters little, such as the output of a check whose status stays.
   */
  amend<N extends TableName>(table: N, key: string, record: Tables[N]): void {
    this.tables.replace(table, key, record);
  }

  private commit(changes: readonly AnyChange[]): void {
    this.currentIndex += 1;
    const commit: Commit = { index: this.currentIndex, changes };
    this.indexes.apply(commit);
    this.undelivered.push(commit);
    if (!this.delivering) this.deliver();
  }

  /** A listener that writes adds to the queue, so every listener sees all commits in the same order. */
  private deliver(): void {
    this.delivering = true;
    try {
      for (let next = this.undelivered.shift(); next !== undefined; next = this.undelivered.shift()) {
        for (const listener of this.listeners) listener(next);
      }
    } finally {
      this.delivering = false;
    }
  }

  private undo(changes: readonly AnyChange[]): void {
    for (const change of [...changes].reverse()) this.tables.revert(change);
  }
}
