import { describe, expect, it } from 'vitest';
import { createBackoff } from './backoff.js';

describe('a back-off', () => {
  it('doubles up to its maximum, and starts over', () => {
    const backoff = createBackoff({ initialMs: 100, maxMs: 1_000 }, () => 1);
    expect(Array.from({ length: 6 }, () => backoff.next())).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    backoff.reset();
    expect(backoff.next()).toBe(100);
  });

  it('is half random', () => {
    expect(createBackoff({ initialMs: 100 }, () => 0).next()).toBe(50);
    expect(createBackoff({ initialMs: 100 }, () => 0.5).next()).toBe(75);
  });

  it('stays finite after thousands of failures', () => {
    const backoff = createBackoff({ initialMs: 100, maxMs: 10_000 }, () => 1);
    for (let time = 0; time < 5_000; time += 1) backoff.next();
    expect(backoff.next()).toBe(10_000);
  });
});
