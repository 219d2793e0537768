import { describe, expect, it } from 'vitest';
import { backoffMs } from './backoff.js';

const bounds = { minDelayMs: 100, maxDelayMs: 5_000 };

describe('backoffMs', () => {
  it('doubles up to the maximum, and stays there however often it fails', () => {
    const delays = [1, 2, 3, 7, 5_000].map((failures) => backoffMs(failures, bounds, () => 1));
    expect(delays).toEqual([100, 200, 400, 5_000, 5_000]);
  });

  it('leaves half of the delay to chance', () => {
    expect(backoffMs(3, bounds, () => 0)).toBe(200);
    expect(backoffMs(3, bounds, () => 0.5)).toBe(300);
  });
});
