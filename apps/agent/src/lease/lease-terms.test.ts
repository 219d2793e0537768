import { describe, expect, it } from 'vitest';

import { DEFAULT_LEASE_TERMS, renewEveryMs, termProblems } from './lease-terms.js';

describe('the terms of the lease', () => {
  it('keep the guarantee by default', () => {
    expect(termProblems(DEFAULT_LEASE_TERMS)).toEqual([]);
  });

  it('are refused with the numbers when a slot could start elsewhere before it has stopped here', () => {
    const terms = { ...DEFAULT_LEASE_TERMS, fenceAfterMs: 5_000 };
    expect(termProblems(terms)).toEqual([expect.stringContaining('5s + 2.5s is more than 7s')]);
  });

  it.each([
    [{ lockDelayMs: 61_000 }, 'RAFTAINER_LOCK_DELAY'],
    [{ stopTimeoutMs: 1_999 }, 'RAFTAINER_FENCE_STOP_TIMEOUT'],
    [{ fenceAfterMs: 1_499 }, 'RAFTAINER_FENCE_AFTER'],
    [{ checkTtlMs: 999 }, 'RAFTAINER_CHECK_TTL'],
    [{ sessionTtlMs: 9_999 }, 'RAFTAINER_SESSION_TTL'],
  ])('%j names %s', (change, variable) => {
    const problems = termProblems({ ...DEFAULT_LEASE_TERMS, ...change });
    expect(problems).toEqual([expect.stringContaining(`${variable} must be`)]);
  });

  it('are all judged at once', () => {
    const terms = { ...DEFAULT_LEASE_TERMS, checkTtlMs: 1, stopTimeoutMs: 1, fenceAfterMs: 1 };
    expect(termProblems(terms)).toHaveLength(3);
  });

  it('let three renewals fit before the fence falls', () => {
    expect(renewEveryMs(DEFAULT_LEASE_TERMS) * 3).toBeLessThanOrEqual(DEFAULT_LEASE_TERMS.fenceAfterMs);
  });
});
