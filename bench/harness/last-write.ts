import { askConsul } from './ask-consul.js';

import type { ConsulAnswer } from './ask-consul.js';

/**
 * What can change in a Consul: keys, sessions, nodes and services with their checks. The log's own index would not do, as
 * a leader puts a barrier into its log every minute.
 */
const TABLES = ['kv/?keys', 'session/list', 'catalog/nodes', 'catalog/services', 'health/state/any'];

/** The index of the last write of a Consul, of any kind; it grows by one, or a little more, with each. */
export async function lastWrite(address: string): Promise<number> {
  return Math.max(
    ...(await Promise.all(TABLES.map(async (table) => (await askConsul(address, table)).index))),
  );
}

/** What was written since, as far as it is still there: keys, sessions and checks. */
export async function writtenSince(address: string, index: number): Promise<readonly string[]> {
  const [keys, sessions, checks] = await Promise.all([
    askConsul(address, 'kv/?recurse'),
    askConsul(address, 'session/list'),
    askConsul(address, 'health/state/any'),
  ]);
  return [
    ...newer(keys, index).map(({ Key }) => `key ${String(Key)}`),
    ...newer(sessions, index).map(({ Name, ID }) => `session ${String(Name)} ${String(ID)}`),
    ...newer(checks, index).map(({ CheckID, Status }) => `check ${String(CheckID)} ${String(Status)}`),
  ];
}

type Row = Readonly<Record<string, unknown>>;

function newer({ body }: ConsulAnswer, index: number): readonly Row[] {
  const rows = Array.isArray(body) ? (body as readonly Row[]) : [];
  return rows.filter(({ ModifyIndex }) => typeof ModifyIndex === 'number' && ModifyIndex > index);
}
