import { silentLogger } from '@raftainer/logger';
import { describe, expect, it } from 'vitest';

import { Rewinds } from './rewinds.js';

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
  it('trusts an index that grows or stays', async () => {
    const watch = rewinds(new Map(), () => 0);
    expect(await watch.inDoubt(10)).toBe(false);
    expect(await watch.inDoubt(10)).toBe(false);
    expect(await watch.inDoubt(11)).toBe(false);
  });

  it('doubts for ten minutes after the index went back', async () => {
    let now = 0;
    const watch = rewinds(new Map(), () => now);
    await watch.inDoubt(100);
    expect(await watch.inDoubt(3)).toBe(true);
    now = 599_999;
    expect(await watch.inDoubt(4)).toBe(true);
    now = 600_000;
    expect(await watch.inDoubt(5)).toBe(false);
  });

  it('remembers across a restart of the agent', async () => {
    const stored = new Map<string, unknown>();
    await rewinds(stored, () => 0).inDoubt(100);
    expect(await rewinds(stored, () => 0).inDoubt(3)).toBe(true);
  });

  it('does without a memory that cannot be read', async () => {
    expect(await rewinds(new Map([['consul-index.json', 'junk']]), () => 0).inDoubt(3)).toBe(false);
  });
});
