import type { Journal, JournalRecord } from '../../storage/journal.js';

/** A journal in memory that can be loaded again: what a server without a data directory is unsealed from. */
export function createKeptJournal(): Journal {
  const records = new Map<string, Buffer>();
  return {
    load: () => all(records),
    append: (changes) => {
      for (const { key, value } of changes) {
        if (value === undefined) records.delete(key);
        else records.set(key, value);
      }
    },
    settled: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

// eslint-disable-next-line @typescript-eslint/require-await -- the contract is asynchronous, this store is not
async function* all(records: ReadonlyMap<string, Buffer>): AsyncGenerator<JournalRecord> {
  for (const [key, value] of records) yield { key, value };
}
