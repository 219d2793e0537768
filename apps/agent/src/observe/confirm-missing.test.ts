import { expect, it } from 'vitest';

import { missingAreGone } from './confirm-missing.js';

import type { MissingQuestion } from './confirm-missing.js';

const asked: string[] = [];

function question(changes: Partial<MissingQuestion> = {}): MissingQuestion {
  asked.length = 0;
  return {
    pods: new Map(),
    claims: new Map([
      ['web/0', { session: 's1', epoch: 1 }],
      ['web/1', { session: 's2', epoch: 1 }],
      ['other/0', { session: 'of another host', epoch: 1 }],
      ['free/0', { epoch: 1 }],
    ]),
    containers: [],
    sessions: { exclusive: 's1', shared: 's2' },
    exists: async (pod) => {
      asked.push(pod);
      return Promise.resolve(false);
    },
    ...changes,
  };
}

it('asks once for each definition that is missing and of which something is here', async () => {
  expect(await missingAreGone(question())).toBe(true);
  expect(asked).toEqual(['web']);
});

it('asks for nothing while the list has everything', async () => {
  const pods = new Map([['web', { state: 'invalid', problems: [] }]] as const);
  expect(await missingAreGone(question({ pods }))).toBe(true);
  expect(asked).toEqual([]);
});

it('does not believe the list when the definition is there after all', async () => {
  expect(await missingAreGone(question({ exists: async () => Promise.resolve(true) }))).toBe(false);
});

it('fails when the definition may not be read', async () => {
  const refused = new Error('Permission denied');
  await expect(missingAreGone(question({ exists: async () => Promise.reject(refused) }))).rejects.toThrow(
    refused,
  );
});
