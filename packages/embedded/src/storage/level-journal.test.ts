import { mkdtemp, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Journal } from './journal.js';
import { openLevelJournal } from './level-journal.js';

describe('openLevelJournal', () => {
  let directory: string;
  let journal: Journal | undefined;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'raftainer-journal-'));
  });

  afterEach(async () => {
    await journal?.close().catch(() => undefined);
    await rm(directory, { recursive: true, force: true });
  });

  async function contents(): Promise<Record<string, string>> {
    await journal?.close();
    journal = await openLevelJournal(join(directory, 'data'));
    const found: Record<string, string> = {};
    for await (const { key, value } of journal.load()) found[key] = value.toString();
    return found;
  }

  function put(key: string, value: string): void {
    journal?.append([{ key, value: Buffer.from(value) }]);
  }

  it('keeps the last change of every key, in the order they were made', async () => {
    journal = await openLevelJournal(join(directory, 'data'));
    put('a', '1');
    put('b', '1');
    const first = journal.settled();
    put('a', '2');
    journal.append([{ key: 'b', value: undefined }]);
    await Promise.all([first, journal.settled()]);
    expect(await contents()).toEqual({ a: '2' });
  });

  it('writes what is queued when it closes', async () => {
    journal = await openLevelJournal(join(directory, 'data'));
    put('a', '1');
    expect(await contents()).toEqual({ a: '1' });
  });

  it('shares one sync among changes that come while another is under way', async () => {
    journal = await openLevelJournal(join(directory, 'data'));
    const settled: Promise<void>[] = [];
    for (let at = 0; at < 1000; at += 1) {
      put(`k${at}`, 'v');
      settled.push(journal.settled());
    }
    await Promise.all(settled);
    expect(new Set(settled).size).toBe(1);
    expect(Object.keys(await contents())).toHaveLength(1000);
  });

  it('is readable by its owner only', async () => {
    journal = await openLevelJournal(join(directory, 'data'));
    expect((await stat(join(directory, 'data'))).mode & 0o077).toBe(0);
  });

  it('refuses a directory that is open already', async () => {
    journal = await openLevelJournal(join(directory, 'data'));
    await expect(openLevelJournal(join(directory, 'data'))).rejects.toMatchObject({
      name: 'EmbeddedError',
      code: 'EMBEDDED_DATA_IN_USE',
      message: expect.stringContaining('directory of its own') as string,
    });
  });

  it('refuses a path that cannot be a directory', async () => {
    await writeFile(join(directory, 'file'), '');
    await expect(openLevelJournal(join(directory, 'file'))).rejects.toMatchObject({
      code: 'EMBEDDED_DATA_UNREADABLE',
    });
  });

  it('refuses a directory whose data is damaged', async () => {
    await mkdir(join(directory, 'data'));
    await writeFile(join(directory, 'data', 'CURRENT'), 'no such manifest\n');
    await expect(openLevelJournal(join(directory, 'data'))).rejects.toMatchObject({
      code: 'EMBEDDED_DATA_UNREADABLE',
    });
  });

  it('reports a change that could not be written, keeps it, and writes it when it can', async () => {
    journal = await openLevelJournal(join(directory, 'data'));
    // Without its directory LevelDB cannot begin a new log file, which it does after some megabytes.
    await rm(join(directory, 'data'), { recursive: true });
    let failure: unknown;
    for (let at = 0; at < 20 && failure === undefined; at += 1) {
      put(`k${at}`, 'x'.repeat(1024 * 1024));
      failure = await journal.settled().catch((error: unknown) => error);
    }
    expect(failure).toMatchObject({ code: 'EMBEDDED_DATA_UNWRITABLE', retryable: true });
    put('last', 'v');
    await expect(journal.settled()).resolves.toBeUndefined();
    expect(await contents()).toMatchObject({ last: 'v' });
  });
});
