import { expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from './clock.js';

it('keeps timers beyond the 24.8 days that Node’s hold', async () => {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const day = 24 * 3_600_000;
  let calls = 0;
  systemClock.after(32 * day, () => (calls += 1));
  await vi.advanceTimersByTimeAsync(31 * day);
  expect(calls).toBe(0);
  await vi.advanceTimersByTimeAsync(2 * day);
  expect(calls).toBe(1);
  const cancel = systemClock.after(50 * day, () => (calls += 1));
  await vi.advanceTimersByTimeAsync(30 * day);
  cancel();
  await vi.advanceTimersByTimeAsync(30 * day);
  expect(calls).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
});
