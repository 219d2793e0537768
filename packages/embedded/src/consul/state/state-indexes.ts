import type { TableName } from './records.js';
import type { AnyChange, Commit, StateReader } from './table-set.js';
import { touchedServices } from './touched-services.js';

/** So many deleted keys are remembered one by one; older ones are covered by a floor. */
const MAX_TOMBSTONES = 4096;

/**
 * The index that each kind of read reports: it moves when the answer may have changed, and never back. Like
 * Consul's, a deleted key leaves a tombstone, so that a watch on its prefix sees the index move.
 */
export class StateIndexes {
  private readonly tables = new Map<TableName, number>();
  private readonly services = new Map<string, number>();
  private readonly tombstones = new Map<string, number>();
  private tombstoneFloor: number;
  private lastExtinction: number;

  /** `start` is the index of the loaded state: after a restart every watch reads once more. */
  constructor(
    private readonly state: StateReader,
    private readonly start: number,
  ) {
    this.tombstoneFloor = start;
    this.lastExtinction = start;
  }

  /** Index of the last change in `table`. */
  table(table: TableName): number {
    return this.tables.get(table) ?? this.start;
  }

  /** Index of the last change of anything in `tables`. */
  newest(tables: readonly TableName[]): number {
    return Math.max(...tables.map((table) => this.table(table)));
  }

  /**
   * Index of the last change to what the health of service `name` shows. A name without instances is not kept:
   * it reports when any service last lost its last instance, as in Consul.
   */
  service(name: string): number {
    return this.services.get(name) ?? this.lastExtinction;
  }

  /** Index of the last deletion under `prefix`, as far as it is known. */
  deletion(prefix: string): number {
    let index = this.tombstoneFloor;
    for (const [key, deletedAt] of this.tombstones) {
      if (deletedAt > index && key.startsWith(prefix)) index = deletedAt;
    }
    return index;
  }

  /** Takes note of a commit. */
  apply(commit: Commit): void {
    for (const change of commit.changes) {
      this.tables.set(change.table, commit.index);
      for (const name of touchedServices(this.state, change)) this.noteService(name, commit.index);
      if (change.table === 'kv') this.noteDeletion(change, commit.index);
    }
  }

  private noteService(name: string, index: number): void {
    if (this.state.list('services').some((service) => service.name === name)) {
      this.services.set(name, index);
    } else {
      this.services.delete(name);
      this.lastExtinction = index;
    }
  }

  private noteDeletion(change: AnyChange, index: number): void {
    // Deleting and setting again puts the key at the end: the map stays in order of age.
    this.tombstones.delete(change.key);
    if (change.after !== undefined) return;
    this.tombstones.set(change.key, index);
    if (this.tombstones.size <= MAX_TOMBSTONES) return;
    const [oldest] = this.tombstones;
    if (oldest === undefined) return;
    this.tombstones.delete(oldest[0]);
    this.tombstoneFloor = oldest[1];
  }
}
