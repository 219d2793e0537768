import { createLogger } from '@raftainer/logger';
import { expect, it } from 'vitest';

import { Registrations, REGISTRATIONS_FILE } from './registrations.js';

function ground(stored?: unknown): {
  readonly create: () => Promise<Registrations>;
  readonly use: (token: string | undefined) => void;
  readonly files: Map<string, unknown>;
} {
  const files = new Map<string, unknown>(stored === undefined ? [] : [[REGISTRATIONS_FILE, stored]]);
  let token: string | undefined = 'first';
  const store = {
    read: async (name: string) => Promise.resolve(files.get(name)),
    write: async (name: string, value: unknown) => Promise.resolve(void files.set(name, value)),
  };
  const create = async (): Promise<Registrations> => {
    const logger = createLogger({ name: 'test', level: 'fatal' });
    const registrations = new Registrations({ token: () => token, store, logger });
    await Promise.resolve();
    await Promise.resolve();
    return registrations;
  };
  return { create, use: (next) => (token = next), files };
}

it('what was registered under another token is stale until it is registered anew, also for the next agent', async () => {
  const { create, use, files } = ground({ token: 'first' });
  const agent = await create();
  expect(agent.isStale('a')).toBe(false);
  use('second');
  expect([agent.isStale('a'), agent.isStale('b')]).toEqual([true, true]);
  agent.renewed('a');
  agent.saw(['a', 'b']);
  const next = await create();
  expect([agent.isStale('a'), next.isStale('a')]).toEqual([false, true]);
  next.renewed('a');
  next.renewed('b');
  next.saw(['a', 'b']);
  expect([next.isStale('a'), next.isStale('c')]).toEqual([false, false]);
  expect(files.get(REGISTRATIONS_FILE)).toEqual({ token: 'second' });
  expect((await create()).isStale('b')).toBe(false);
});

it('a token that changes twice makes everything stale again', async () => {
  const { create, use } = ground({ token: 'first' });
  const agent = await create();
  use('second');
  agent.renewed('a');
  use('third');
  expect(agent.isStale('a')).toBe(true);
});

it('without a token nothing is stale', async () => {
  const { create, use } = ground();
  use(undefined);
  expect((await create()).isStale('a')).toBe(false);
});
