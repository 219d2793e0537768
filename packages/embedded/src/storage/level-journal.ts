import { mkdir } from 'node:fs/promises';
import type { ClassicLevel } from 'classic-level';
import { EmbeddedError } from '../embedded-error.js';
import type { Journal, JournalChange, JournalRecord } from './journal.js';

type Database = ClassicLevel<string, Buffer>;
type Operation = { type: 'put'; key: string; value: Buffer } | { type: 'del'; key: string };

/** The whole state is in memory anyway, so LevelDB's own read cache is kept small. */
const CACHE_BYTES = 512 * 1024;
const WRITE_BUFFER_BYTES = 2 * 1024 * 1024;

/**
 * Opens (or makes) a LevelDB in `directory`, readable by its owner only. Throws `EMBEDDED_DATA_IN_USE` or
 * `EMBEDDED_DATA_UNREADABLE`.
 */
export async function openLevelJournal(directory: string): Promise<Journal> {
  await mkdir(directory, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw unreadable(directory, error);
  });
  const { ClassicLevel: Level } = await import('classic-level');
  const database: Database = new Level(directory, { keyEncoding: 'utf8', valueEncoding: 'buffer' });
  await open(database, directory);
  return new LevelJournal(database, directory);
}

class LevelJournal implements Journal {
  /** The latest change of each key that is not yet in a group. */
  private queued = new Map<string, JournalChange>();
  private writing: Promise<void> | undefined;
  private next: Promise<void> | undefined;
  private broken = false;

  constructor(
    private readonly database: Database,
    private readonly directory: string,
  ) {}

  async *load(): AsyncGenerator<JournalRecord> {
    try {
      for await (const [key, value] of this.database.iterator()) yield { key, value };
    } catch (error) {
      throw unreadable(this.directory, error);
    }
  }

  append(changes: readonly JournalChange[]): void {
    for (const change of changes) this.queued.set(change.key, change);
  }

  settled(): Promise<void> {
    if (this.queued.size === 0) return this.writing ?? Promise.resolve();
    this.next ??= this.writeNext();
    return this.next;
  }

  async close(): Promise<void> {
    try {
      await this.settled();
    } finally {
      await this.database.close();
    }
  }

  /** Waits for the group before it, so that groups reach the disk in order and one at a time. */
  private async writeNext(): Promise<void> {
    await this.writing?.catch(() => undefined);
    const group = this.queued;
    this.queued = new Map();
    this.writing = this.next;
    this.next = undefined;
    try {
      await this.write(group);
    } catch (error) {
      // Later changes of the same keys win over those that could not be written.
      this.queued = new Map([...group, ...this.queued]);
      throw error;
    } finally {
      this.writing = undefined;
    }
  }

  private async write(group: ReadonlyMap<string, JournalChange>): Promise<void> {
    try {
      // After a failed write LevelDB refuses all others until it is opened again.
      if (this.broken) await this.reopen();
      await this.database.batch([...group.values()].map(operation), { sync: true });
    } catch (error) {
      this.broken = true;
      throw new EmbeddedError('EMBEDDED_DATA_UNWRITABLE', {
        message: `Cannot write to ${this.directory}: ${text(error)}. Free space or repair the disk; the change is tried again with the next request.`,
        cause: error,
        retryable: true,
      });
    }
  }

  private async reopen(): Promise<void> {
    await this.database.close();
    await open(this.database, this.directory);
    this.broken = false;
  }
}

function operation(change: JournalChange): Operation {
  const { key, value } = change;
  return value === undefined ? { type: 'del', key } : { type: 'put', key, value };
}

async function open(database: Database, directory: string): Promise<void> {
  try {
    await database.open({ cacheSize: CACHE_BYTES, writeBufferSize: WRITE_BUFFER_BYTES });
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    if (cause instanceof Error && 'code' in cause && cause.code === 'LEVEL_LOCKED') {
      throw new EmbeddedError('EMBEDDED_DATA_IN_USE', {
        message: `The data directory ${directory} is open in another process. Stop that process, or give this one a directory of its own.`,
        cause,
      });
    }
    throw unreadable(directory, cause);
  }
}

/** `EMBEDDED_DATA_UNREADABLE` for a directory, keeping the cause. */
export function unreadable(directory: string, cause: unknown): EmbeddedError {
  return new EmbeddedError('EMBEDDED_DATA_UNREADABLE', {
    message: `Cannot open the data directory ${directory}: ${text(cause)}. Check its owner and rights; if it is damaged, restore it from a copy or move it away to start empty.`,
    cause,
  });
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
