import { randomUUID } from 'node:crypto';
import { EmbeddedError } from '../../embedded-error.js';
import type { Journal, JournalRecord } from '../../storage/journal.js';
import { decodeRecord, encodeChange } from './record-codec.js';
import { Store } from './store.js';
import type { AnyChange } from './table-set.js';

/** The server's own record: layout of the data, index of the last commit, and who it was. */
interface ServerRecord {
  readonly format: number;
  readonly index: number;
  readonly nodeId: string;
  readonly nodeName: string;
}

/** A store that goes on where its journal ends. */
export interface DurableState {
  readonly store: Store;
  readonly nodeId: string;
  /** The name this server had when it last ran on this data, if ever. */
  readonly previousName: string | undefined;
}

const FORMAT = 1;
const SERVER_KEY = 'm';

/** Loads the state from `journal` and appends every commit to it from then on. */
export async function loadState(journal: Journal, nodeName: string): Promise<DurableState> {
  const changes: AnyChange[] = [];
  let server: ServerRecord | undefined;
  for await (const record of journal.load()) {
    if (record.key === SERVER_KEY) server = decodeServer(record);
    else changes.push(...decode(record));
  }
  const store = new Store(server?.index ?? 0, changes);
  const nodeId = server?.nodeId ?? randomUUID();
  store.onCommit((commit) => {
    const own: ServerRecord = { format: FORMAT, index: commit.index, nodeId, nodeName };
    const value = Buffer.from(JSON.stringify(own));
    journal.append([...commit.changes.map(encodeChange), { key: SERVER_KEY, value }]);
  });
  return { store, nodeId, previousName: server?.nodeName };
}

function decodeServer(record: JournalRecord): ServerRecord {
  const server = attempt(record, () => JSON.parse(record.value.toString()) as ServerRecord);
  if (server.format === FORMAT) return server;
  throw new EmbeddedError('EMBEDDED_DATA_UNREADABLE', {
    message: `The data directory was written in format ${server.format}, this version reads format ${FORMAT}. Start the version that wrote it, or give an empty directory.`,
  });
}

function decode(record: JournalRecord): readonly AnyChange[] {
  const change = attempt(record, () => decodeRecord(record));
  return change === undefined ? [] : [change];
}

function attempt<T>(record: JournalRecord, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new EmbeddedError('EMBEDDED_DATA_UNREADABLE', {
      message: `The record ${JSON.stringify(record.key)} in the data directory is damaged. Restore the directory from a copy, or move it away to start empty.`,
      cause,
    });
  }
}
