/**
 * What can change in a Consul: keys, sessions, nodes and services with their checks. The log's own index would not do, as
 * a leader puts a barrier into its log every minute.
 */
const TABLES = ['kv/?keys', 'session/list', 'catalog/nodes', 'catalog/services', 'health/state/any'];

/** A simulated fleet keeps its only thread busy for far longer than any agent. */
const TIMEOUT_MS = 120_000;

/** The index of the last write of a Consul, of any kind; it grows by one, or a little more, with each. */
export async function lastWrite(address: string): Promise<number> {
  return Math.max(...(await lastWrites(address)).values());
}

/** The index of the last write to each kind of thing. */
export async function lastWrites(address: string): Promise<ReadonlyMap<string, number>> {
  return new Map(
    await Promise.all(TABLES.map(async (table) => [table, await indexOf(`${address}/v1/${table}`)] as const)),
  );
}

async function indexOf(url: string): Promise<number> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  await response.text();
  const index = Number(response.headers.get('x-consul-index'));
  // A folder without keys is "not found", with an index all the same.
  if ((response.ok || response.status === 404) && index > 0) return index;
  throw new Error(`${url} answered ${response.status} without an index.`);
}
