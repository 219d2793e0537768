import { expect, it } from 'vitest';

import { runLoop } from './loop.js';
import { Wake } from './wake.js';

import type { Plan, Snapshot } from '@raftainer/planner';

it('acts on nothing that is observed to the end in the moment of the stop', async () => {
  const ending = new AbortController();
  const done: string[] = [];
  await runLoop(
    {
      observe: async () => {
        ending.abort();
        return Promise.resolve({} as Snapshot);
      },
      plan: () => {
        done.push('planned');
        return {} as Plan;
      },
      act: () => done.push('acted'),
      onFailure: () => done.push('complained'),
      onSuccess: () => done.push('succeeded'),
    },
    new Wake(),
    ending.signal,
  );
  expect(done).toEqual([]);
});
