import { expect, it } from 'vitest';
import { eventually } from './eventually.js';

it('waits until the assertion no longer throws, and returns its value', async () => {
  let tries = 0;
  const value = await eventually(
    () => {
      tries += 1;
      expect(tries).toBeGreaterThanOrEqual(3);
      return 'done';
    },
    { intervalMs: 1 },
  );
  expect({ value, tries }).toEqual({ value: 'done', tries: 3 });
});

it('waits until the condition is no longer false', async () => {
  let tries = 0;
  await eventually(() => Promise.resolve((tries += 1) === 2), { intervalMs: 1 });
  expect(tries).toBe(2);
});

it('takes undefined for success: an assertion returns nothing', async () => {
  await expect(eventually(() => undefined)).resolves.toBeUndefined();
});

it('gives up with the last error', async () => {
  const attempt = (): never => {
    throw new Error('not yet');
  };
  await expect(eventually(attempt, { timeoutMs: 20, intervalMs: 5 })).rejects.toThrow('not yet');
});

it('gives up on a condition that stays false', async () => {
  await expect(eventually(() => false, { timeoutMs: 20, intervalMs: 5 })).rejects.toThrow(
    'Still false after 20 ms',
  );
});
