import type { SealedJournal } from '../storage/sealed-journal.js';
import type { TableName, Tables } from './records.js';

const TABLES: readonly TableName[] = [
  'server',
  'mounts',
  'policies',
  'tokens',
  'tokenRoles',
  'leases',
  'wraps',
  'kv1',
  'kv2',
  'engine',
];

/**
 * The whole state of an unsealed server, in memory. Records are replaced, never changed. What is written without a pause
 * in between becomes durable together.
 */
export class VaultStore {
  private readonly tables = new Map<TableName, Map<string, unknown>>(TABLES.map((name) => [name, new Map()]));

  constructor(private readonly journal: SealedJournal) {
    for (const { table, key, record } of journal.records) this.tables.get(table)?.set(key, record);
  }

  get<N extends TableName>(table: N, key: string): Tables[N] | undefined {
    return this.table(table).get(key);
  }

  put<N extends TableName>(table: N, key: string, record: Tables[N]): void {
    this.table(table).set(key, record);
    this.journal.append({ table, key, record });
  }

  /** True when there was something to delete. */
  delete(table: TableName, key: string): boolean {
    const found = this.table(table).delete(key);
    if (found) this.journal.append({ table, key, record: undefined });
    return found;
  }

  values<N extends TableName>(table: N): readonly Tables[N][] {
    return [...this.table(table).values()];
  }

  /** Keys that begin with `prefix`, in order. */
  keys(table: TableName, prefix = ''): readonly string[] {
    return [...this.table(table).keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  private table<N extends TableName>(name: N): Map<string, Tables[N]> {
    // The map was made from the list of all names, and `put` keeps each table to its own type.
    return this.tables.get(name) as Map<string, Tables[N]>;
  }
}

/**
 * What lies directly in a folder of names: the rest of each key after `prefix`, cut behind its first slash.
 */
export function folderOf(keys: readonly string[], prefix: string): readonly string[] {
  const names = keys
    .filter((key) => key.startsWith(prefix))
    .map((key) => {
      const rest = key.slice(prefix.length);
      const slash = rest.indexOf('/');
      return slash < 0 ? rest : rest.slice(0, slash + 1);
    });
  return [...new Set(names)].sort();
}
