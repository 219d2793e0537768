import type { JournalChange, JournalRecord } from '../../storage/journal.js';
import type { TableName, Tables } from './records.js';
import type { AnyChange } from './table-set.js';

/** The first letter of a journal key names the table. `m` is taken by the server's own record. */
const LETTERS: Readonly<Record<TableName, string>> = {
  kv: 'k',
  sessions: 's',
  lockDelays: 'd',
  nodes: 'n',
  services: 'v',
  checks: 'c',
};

const TABLES = new Map(Object.entries(LETTERS).map(([table, letter]) => [letter, table as TableName]));

/** A change as the journal keeps it. */
export function encodeChange(change: AnyChange): JournalChange {
  const key = LETTERS[change.table] + change.key;
  if (change.after === undefined) return { key, value: undefined };
  if (change.table === 'kv') return { key, value: encodeKv(change.after) };
  return { key, value: Buffer.from(JSON.stringify(change.after)) };
}

/** A record of the journal as the change that brings it back; `undefined` for a record of no table. */
export function decodeRecord(record: JournalRecord): AnyChange | undefined {
  const table = TABLES.get(record.key.slice(0, 1));
  if (table === undefined) return undefined;
  const key = record.key.slice(1);
  const after: unknown = table === 'kv' ? decodeKv(record.value) : JSON.parse(record.value.toString());
  // The journal is only ever written by encodeChange above, under the same table letter.
  return { table, key, before: undefined, after } as AnyChange;
}

/** Values are arbitrary bytes: [4 bytes: length of the header] [header, JSON] [value]. */
function encodeKv(entry: Tables['kv']): Buffer {
  const { value, flags, ...rest } = entry;
  const header = Buffer.from(JSON.stringify({ ...rest, flags: flags.toString() }));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(header.length);
  return Buffer.concat([length, header, value]);
}

function decodeKv(bytes: Buffer): Tables['kv'] {
  const end = 4 + bytes.readUInt32BE(0);
  const header = JSON.parse(bytes.toString('utf8', 4, end)) as Omit<Tables['kv'], 'value' | 'flags'> & {
    readonly flags: string;
  };
  return { ...header, flags: BigInt(header.flags), value: bytes.subarray(end) };
}
