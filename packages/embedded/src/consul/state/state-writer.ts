import type { TableName, Tables } from './records.js';
import type { AnyChange, Change, StateReader, TableSet } from './table-set.js';

/** The state inside one write: reads see what the write has done so far. */
export class StateWriter implements StateReader {
  private readonly log: AnyChange[] = [];
  private undone = false;

  constructor(
    private readonly tables: TableSet,
    /** The index that records changed by this write carry. */
    readonly index: number,
  ) {}

  /** What was changed, in order. */
  get changes(): readonly AnyChange[] {
    return this.log;
  }

  /** True after {@link cancel}. */
  get cancelled(): boolean {
    return this.undone;
  }

  get<N extends TableName>(table: N, key: string): Tables[N] | undefined {
    return this.tables.get(table, key);
  }

  list<N extends TableName>(table: N, prefix?: string): readonly Tables[N][] {
    return this.tables.list(table, prefix);
  }

  put<N extends TableName>(table: N, key: string, record: Tables[N]): void {
    this.record({ table, key, before: this.tables.get(table, key), after: record });
  }

  delete(table: TableName, key: string): void {
    const before = this.tables.get(table, key);
    if (before !== undefined) this.record({ table, key, before, after: undefined });
  }

  /** Undoes everything at the end of this write; until then reads still see the changes. */
  cancel(): void {
    this.undone = true;
  }

  private record<N extends TableName>(change: Change<N>): void {
    this.tables.apply(change);
    // A Change<N> is a member of the union for every N; the compiler cannot see it for a generic N.
    this.log.push(change as unknown as AnyChange);
  }
}
