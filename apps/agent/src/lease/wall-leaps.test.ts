import { expect, it } from 'vitest';

import { WallLeaps } from './wall-leaps.js';

it('notices a wall clock that leaps ahead, once; not one that is set back, corrected gently, or goes on', () => {
  const clocks = { wall: 5_000, lease: 100 };
  const leaps = new WallLeaps({ wall: () => clocks.wall, lease: () => clocks.lease });
  const after = (wallMs: number, leaseMs: number): boolean => {
    clocks.wall += wallMs;
    clocks.lease += leaseMs;
    return leaps.leapt();
  };
  expect([after(60_000, 60_000), after(1_050, 1_000), after(-3_600_000, 10)]).toEqual([false, false, false]);
  expect([after(3_600_000, 10), after(10, 10)]).toEqual([true, false]);
  // A machine that slept: both went on.
  expect(after(20_000, 20_000)).toBe(false);
});
