import { OrderedTable } from './ordered-table.js';
import type { TableName, Tables } from './records.js';

/** Reads of the state. */
export interface StateReader {
  get<N extends TableName>(table: N, key: string): Tables[N] | undefined;
  /** The records whose key begins with `prefix` (all by default), in key order. */
  list<N extends TableName>(table: N, prefix?: string): readonly Tables[N][];
}

/** One record before and after a commit. */
export interface Change<N extends TableName> {
  readonly table: N;
  readonly key: string;
  readonly before: Tables[N] | undefined;
  readonly after: Tables[N] | undefined;
}

/** A change of any table, narrowed by `table`. */
export type AnyChange = { [N in TableName]: Change<N> }[TableName];

/** What a write did. */
export interface Commit {
  readonly index: number;
  readonly changes: readonly AnyChange[];
}

/** All tables of a server. */
export class TableSet implements StateReader {
  private readonly tables: { readonly [N in TableName]: OrderedTable<Tables[N]> } = {
    kv: new OrderedTable(),
    sessions: new OrderedTable(),
    lockDelays: new OrderedTable(),
    nodes: new OrderedTable(),
    services: new OrderedTable(),
    checks: new OrderedTable(),
  };

  get<N extends TableName>(table: N, key: string): Tables[N] | undefined {
    return this.tables[table].get(key);
  }

  list<N extends TableName>(table: N, prefix?: string): readonly Tables[N][] {
    return this.tables[table].list(prefix);
  }

  /** Puts a record, or removes it when there is none. */
  replace<N extends TableName>(table: N, key: string, record: Tables[N] | undefined): void {
    if (record === undefined) this.tables[table].delete(key);
    else this.tables[table].put(key, record);
  }

  /** Makes `change` happen. */
  apply<N extends TableName>(change: Change<N>): void {
    this.replace(change.table, change.key, change.after);
  }

  /** Makes `change` not have happened. */
  revert<N extends TableName>(change: Change<N>): void {
    this.replace(change.table, change.key, change.before);
  }
}
