import { EmbeddedError } from '../../embedded-error.js';
import type { Journal } from '../../storage/journal.js';
import type { TableName } from '../state/records.js';
import { isObject } from '../wire/fields.js';
import { Barrier, decrypt, encrypt, newKey } from './barrier.js';

/** The only record in clear: the layout, and the key of the data, encrypted with the unseal key. */
const HEADER_NAME = 'header';
const FORMAT = 1;
const DATA_KEY_CONTEXT = 'raftainer-vault/data-key';

/** A record as the store keeps it. */
export interface StoredRecord {
  readonly table: TableName;
  readonly key: string;
  /** `undefined` when it is to be removed. */
  readonly record: unknown;
}

/** A journal whose records only the unseal key opens. */
export interface SealedJournal {
  readonly records: readonly StoredRecord[];
  append(change: StoredRecord): void;
}

/** True when something was ever sealed into the journal. */
export async function isInitialized(journal: Journal): Promise<boolean> {
  for await (const { key } of journal.load()) if (key === HEADER_NAME) return true;
  return false;
}

/**
 * Opens the journal with the unseal key, or starts it when it is empty. Throws `EMBEDDED_KEY_UNUSABLE` when the key is
 * another one, `EMBEDDED_DATA_UNREADABLE` when a record was changed behind the server's back.
 */
export async function openSealed(journal: Journal, unsealKey: Buffer): Promise<SealedJournal> {
  const sealed = new Map<string, Buffer>();
  for await (const { key, value } of journal.load()) sealed.set(key, value);
  const header = sealed.get(HEADER_NAME);
  sealed.delete(HEADER_NAME);
  const dataKey = header === undefined ? startJournal(journal, unsealKey) : openHeader(header, unsealKey);
  const barrier = new Barrier(dataKey);
  const records = [...sealed].map(([name, value]) => openRecord(barrier, name, value));
  return {
    records,
    append: ({ table, key, record }) => {
      const name = barrier.nameOf(table, key);
      const value = record === undefined ? undefined : barrier.seal(name, { table, key, record });
      journal.append([{ key: name, value }]);
    },
  };
}

function startJournal(journal: Journal, unsealKey: Buffer): Buffer {
  const dataKey = newKey();
  const sealedKey = encrypt(unsealKey, dataKey, DATA_KEY_CONTEXT).toString('base64');
  const value = Buffer.from(JSON.stringify({ format: FORMAT, dataKey: sealedKey }));
  journal.append([{ key: HEADER_NAME, value }]);
  return dataKey;
}

function openHeader(bytes: Buffer, unsealKey: Buffer): Buffer {
  const header = parse(bytes);
  if (!isObject(header) || header.format !== FORMAT || typeof header.dataKey !== 'string')
    throw new EmbeddedError('EMBEDDED_DATA_UNREADABLE', {
      message: `The data was not written in format ${FORMAT}, which is all that this version reads. Start the version that wrote it, or give an empty directory.`,
    });
  try {
    return decrypt(unsealKey, Buffer.from(header.dataKey, 'base64'), DATA_KEY_CONTEXT);
  } catch (cause) {
    throw new EmbeddedError('EMBEDDED_KEY_UNUSABLE', {
      message:
        'The data was sealed with another key than the one that was given. Give the key file that was made with it.',
      cause,
    });
  }
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

function openRecord(barrier: Barrier, name: string, value: Buffer): StoredRecord {
  try {
    // Only `append` above ever wrote it, and the cipher proves that nobody changed it since.
    return barrier.open(name, value) as StoredRecord;
  } catch (cause) {
    throw new EmbeddedError('EMBEDDED_DATA_UNREADABLE', {
      message:
        'A record of the sealed data is damaged. Restore the directory from a copy, or move it away to start empty.',
      cause,
    });
  }
}
