import { beforeEach, describe, expect, it } from 'vitest';

import { createLogger } from '@raftainer/logger';

import { readStored, SessionMemory } from './session-memory.js';

const SESSIONS = {
  ...{ host: 'host-1', exclusive: 'one', shared: 'two', lockDelayMs: 7_000 },
  machine: { engineId: 'e1' },
};
const logger = createLogger({ name: 'test', level: 'silent' });
const signal = new AbortController().signal;

/** A disk that is full when it is told to be. */
let disk: { value: unknown; writes: number; full: boolean };
let memory: SessionMemory;

beforeEach(() => {
  disk = { value: undefined, writes: 0, full: false };
  memory = new SessionMemory(
    {
      path: 'state',
      read: async () => Promise.resolve(disk.value),
      write: async (_, value) => {
        disk.writes += 1;
        if (disk.full) throw new Error('ENOSPC: no space left on device');
        disk.value = value;
        return Promise.resolve();
      },
      remove: async () => {
        disk.value = undefined;
        return Promise.resolve();
      },
    },
    logger,
  );
});

describe('the sessions on disk', () => {
  it('are found again, and not written when they are there', async () => {
    await memory.write(SESSIONS, signal);
    expect(await memory.read()).toEqual(SESSIONS);
    disk.full = true;
    await memory.write(SESSIONS, signal);
    expect(disk.writes).toBe(1);
  });

  it('are no duty: a disk that is full keeps nobody from holding them', async () => {
    disk.full = true;
    await memory.write(SESSIONS, signal);
    expect(await memory.read()).toBeUndefined();
    await memory.forget();
  });
});

describe('what was stored', () => {
  it('is read as far as it makes sense', () => {
    expect(readStored({ host: 'host-1', exclusive: 'one', shared: 2 })).toEqual({
      host: 'host-1',
      exclusive: 'one',
    });
    for (const nonsense of [undefined, null, 'text', {}, { host: 7 }])
      expect(readStored(nonsense)).toBeUndefined();
  });
});
