import { silentLogger } from '@raftainer/logger';
import { describe, expect, it } from 'vitest';

import { Rewinds } from './rewinds.js';

const HOLD_MS = 600_000;

function rewinds(stored: Map<string, unknown>, clock: () => number): Rewinds {
  const store = {
    read: (name: string): Promise<unknown> => Promise.resolve(stored.get(name)),
    write: (name: string, value: unknown): Promise<void> => {
      stored.set(name, value);
      return Promise.resolve();
    },
  };
  return new Rewinds({ clock, logger: silentLogger, store });
}

describe('Rewinds', () => {
  it('trusts an index that grows or stays, whatever was removed', async () => {
    const watch = rewinds(new Map(), () => 0);
    expect(await watch.inDoubt({ index: 10, names: ['a', 'b'] })).toBe(false);
    expect(await watch.inDoubt({ index: 10, names: ['a', 'b'] })).toBe(false);
    expect(await watch.inDoubt({ index: 11, names: ['a'] })).toBe(false);
  });

  it('trusts an index that fell when nothing is missing: Consul has forgotten a deletion', async () => {
    const watch = rewinds(new Map(), () => 0);
    await watch.inDoubt({ index: 100, names: ['a'] });
    expect(await watch.inDoubt({ index: 3, names: ['a'] })).toBe(false);
    expect(await watch.inDoubt({ index: 4, names: [] })).toBe(false);
  });

  it('doubts for ten minutes after the index went back and definitions with it', async () => {
    let now = 0;
    const watch = rewinds(new Map(), () => now);
    await watch.inDoubt({ index: 100, names: ['a'] });
    expect(await watch.inDoubt({ index: 3, names: [] })).toBe(true);
    now = HOLD_MS - 1;
    expect(await watch.inDoubt({ index: 4, names: ['another'] })).toBe(true);
    now = HOLD_MS;
    expect(await watch.inDoubt({ index: 5, names: ['another'] })).toBe(false);
  });

  it('doubts no longer than until all that was missing is back, as after a start of the server', async () => {
    const watch = rewinds(new Map(), () => 0);
    await watch.inDoubt({ index: 100, names: ['a', 'b'] });
    expect(await watch.inDoubt({ index: 3, names: [] })).toBe(true);
    expect(await watch.inDoubt({ index: 2, names: ['new'] })).toBe(true);
    expect(await watch.inDoubt({ index: 50, names: ['a'] })).toBe(true);
    expect(await watch.inDoubt({ index: 100, names: ['a', 'b'] })).toBe(false);
    expect(await watch.inDoubt({ index: 101, names: [] })).toBe(false);
  });

  it('remembers across a restart of the agent', async () => {
    const stored = new Map<string, unknown>();
    await rewinds(stored, () => 0).inDoubt({ index: 100, names: ['a'] });
    expect(await rewinds(stored, () => 0).inDoubt({ index: 3, names: ['b'] })).toBe(true);
    expect(await rewinds(stored, () => 0).inDoubt({ index: 3, names: ['a'] })).toBe(false);
  });

  it('does without a memory that cannot be read', async () => {
    for (const junk of ['junk', { index: 100 }, null]) {
      const watch = rewinds(new Map([['consul-index.json', junk]]), () => 0);
      expect(await watch.inDoubt({ index: 3, names: [] })).toBe(false);
    }
  });
});
