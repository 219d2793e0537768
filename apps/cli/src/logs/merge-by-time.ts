import type { LogEntry } from './log-entry.js';

interface Head {
  readonly lines: AsyncIterator<LogEntry>;
  readonly entry: LogEntry;
}

/** The lines of several ended logs in the order of their times; holds one line of each in memory. */
export async function* mergeByTime(logs: readonly AsyncIterable<LogEntry>[]): AsyncGenerator<LogEntry> {
  const started = await Promise.all(logs.map(async (log) => advance(log[Symbol.asyncIterator]())));
  let heads = started.filter((head) => head !== undefined);
  try {
    while (heads.length > 0) {
      const first = heads.reduce((earliest, head) =>
        head.entry.time < earliest.entry.time ? head : earliest,
      );
      yield first.entry;
      const next = await advance(first.lines);
      heads = heads.flatMap((head) => (head === first ? (next ?? []) : head));
    }
  } finally {
    await Promise.all(heads.map(async ({ lines }) => lines.return?.()));
  }
}

async function advance(lines: AsyncIterator<LogEntry>): Promise<Head | undefined> {
  const next: IteratorResult<LogEntry, unknown> = await lines.next();
  return next.done === true ? undefined : { lines, entry: next.value };
}
