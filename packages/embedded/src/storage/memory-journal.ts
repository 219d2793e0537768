import type { Journal, JournalRecord } from './journal.js';

/** A journal that keeps nothing: the state lives as long as the process. */
export function createMemoryJournal(): Journal {
  return {
    load: () => nothing(),
    append: () => undefined,
    settled: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

// eslint-disable-next-line @typescript-eslint/require-await -- the contract is asynchronous, this store is not
async function* nothing(): AsyncGenerator<JournalRecord> {
  yield* [];
}
