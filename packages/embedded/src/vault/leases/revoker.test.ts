import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Revoker } from './revoker.js';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

it('tries again until it succeeds, less and less often', async () => {
  const attempts: number[] = [];
  const start = Date.now();
  const revoker = new Revoker({
    clock: () => Date.now(),
    revoke: () => {
      attempts.push(Date.now() - start);
      return attempts.length < 4 ? Promise.reject(new Error('down')) : Promise.resolve();
    },
  });
  expect(await revoker.begin('lease')).toEqual(new Error('down'));
  await vi.advanceTimersByTimeAsync(600_000);
  expect(attempts).toEqual([0, 1000, 3000, 7000]);
  expect(revoker.knows('lease')).toBe(false);
});

it('makes one attempt at a time, and none after it was stopped', async () => {
  let attempts = 0;
  let fail: (error: Error) => void = () => undefined;
  const revoker = new Revoker({
    clock: () => Date.now(),
    revoke: () => {
      attempts += 1;
      return new Promise((_resolve, reject) => (fail = reject));
    },
  });
  const both = [revoker.begin('lease'), revoker.begin('lease')];
  const stopped = revoker.stop();
  fail(new Error('down'));
  expect(await Promise.all(both)).toEqual([new Error('down'), new Error('down')]);
  await stopped;
  await vi.advanceTimersByTimeAsync(600_000);
  expect(attempts).toBe(1);
});
