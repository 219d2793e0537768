/**
 * What can change in a Consul: keys, sessions, nodes and services with their checks. The log's own index would not do, as
 * a leader puts a barrier into its log every minute.
 */
const TABLES = ['kv/?keys', 'session/list', 'catalog/nodes', 'catalog/services', 'health/state/any'];

/** A simulated fleet keeps its only thread busy for far longer than any agent. */
const TIMEOUT_MS = 120_000;

/** The index of the last write of a Consul, of any kind; it grows by one, or a little more, with each. */
export async function lastWrite(address: string): Promise<number> {
  return Math.max(...(await Promise.all(TABLES.map(async (table) => (await read(address, table)).index))));
}

/** What was written since, as far as it is still there: keys, sessions and checks. */
export async function writtenSince(address: string, index: number): Promise<readonly string[]> {
  const [keys, sessions, checks] = await Promise.all([
    read(address, 'kv/?recurse'),
    read(address, 'session/list'),
    read(address, 'health/state/any'),
  ]);
  return [
    ...newer(keys.rows, index).map(({ Key }) => `key ${String(Key)}`),
    ...newer(sessions.rows, index).map(({ Name, ID }) => `session ${String(Name)} ${String(ID)}`),
    ...newer(checks.rows, index).map(({ CheckID, Status }) => `check ${String(CheckID)} ${String(Status)}`),
  ];
}

type Row = Readonly<Record<string, unknown>>;

function newer(rows: readonly Row[], index: number): readonly Row[] {
  return rows.filter(({ ModifyIndex }) => typeof ModifyIndex === 'number' && ModifyIndex > index);
}

async function read(
  address: string,
  table: string,
): Promise<{ readonly index: number; readonly rows: readonly Row[] }> {
  const url = `${address}/v1/${table}`;
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  const text = await response.text();
  const index = Number(response.headers.get('x-consul-index'));
  // A folder without keys is "not found", with an index all the same.
  if ((!response.ok && response.status !== 404) || !(index > 0)) {
    throw new Error(`${url} answered ${response.status} without an index.`);
  }
  const rows: unknown = response.ok ? JSON.parse(text) : [];
  return { index, rows: Array.isArray(rows) ? (rows as readonly Row[]) : [] };
}
