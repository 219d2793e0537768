import { describe, expect, it } from 'vitest';

import { CrashBudget } from './crash-budget.js';

function budget(fullMs: number): CrashBudget {
  const made = new CrashBudget();
  made.fullMs = fullMs;
  return made;
}

describe('CrashBudget', () => {
  it('is spent by one crash after the other', () => {
    const crashes = budget(10_000);
    crashes.spend(3_000);
    expect(crashes.leftMs).toBe(7_000);
    crashes.spend(3_000);
    expect(crashes.leftMs).toBe(0);
  });

  it('is full again when the agent was well for half a minute, without a break', () => {
    const crashes = budget(10_000);
    crashes.spend(9_000);
    crashes.well(0);
    crashes.unwell();
    crashes.well(20_000);
    crashes.well(40_000);
    expect(crashes.leftMs).toBe(0);
    crashes.well(50_000);
    expect(crashes.leftMs).toBe(10_000);
  });

  it('is nothing when there is none', () => {
    expect(budget(0).leftMs).toBe(0);
  });
});
