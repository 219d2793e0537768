import { describe, expect, it } from 'vitest';

import { silentLogger } from '@raftainer/logger';

import {
  DEFAULT_LEASE_TERMS,
  FAST_LEASE_TERMS,
  renewEveryMs,
  termProblems,
  termsWithin,
  withoutFreezing,
} from './lease-terms.js';
import { usableTerms } from './usable-terms.js';

describe('the terms of the lease', () => {
  it('keep the guarantee by default, and where hosts are to be replaced fast', () => {
    expect(termProblems(DEFAULT_LEASE_TERMS)).toEqual([]);
    expect(termProblems(FAST_LEASE_TERMS)).toEqual([]);
  });

  it('need less time where containers are frozen', () => {
    const terms = { ...DEFAULT_LEASE_TERMS, lockDelayMs: 5_000, stopTimeoutMs: 500 };
    expect(termProblems(terms)).toEqual([expect.stringContaining('must be at least 2s')]);
    expect(termProblems({ ...terms, freeze: true })).toEqual([]);
    expect(termProblems({ ...terms, freeze: true, stopTimeoutMs: 499 })).toHaveLength(1);
  });

  it('stop earlier, under the same lock delay, where nothing can be frozen, or are refused', () => {
    for (const terms of [FAST_LEASE_TERMS, { ...DEFAULT_LEASE_TERMS, freeze: true }]) {
      const usable = usableTerms(terms, 'no freezer', silentLogger);
      expect(usable).toMatchObject({ freeze: false, lockDelayMs: terms.lockDelayMs });
      expect(termProblems(usable)).toEqual([]);
      expect(usableTerms(terms, undefined, silentLogger)).toBe(terms);
    }
    expect(withoutFreezing(FAST_LEASE_TERMS)).toMatchObject({ fenceAfterMs: 1_500, stopTimeoutMs: 2_000 });
    const tooShort = { ...FAST_LEASE_TERMS, lockDelayMs: 3_499 };
    expect(() => usableTerms(tooShort, 'no freezer', silentLogger)).toThrow(
      /no freezer.*longer RAFTAINER_LOCK_DELAY/s,
    );
    expect(usableTerms(DEFAULT_LEASE_TERMS, 'no freezer', silentLogger)).toBe(DEFAULT_LEASE_TERMS);
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

describe('terms under a session of other terms', () => {
  const LONG = { ...DEFAULT_LEASE_TERMS, lockDelayMs: 30_000, fenceAfterMs: 22_000, stopTimeoutMs: 8_000 };

  it('are those that it keeps, and never more', () => {
    for (const lockDelayMs of [3_500, 5_000, 7_000, 29_999, 30_000, 60_000]) {
      const kept = termsWithin(LONG, lockDelayMs);
      expect(kept).toMatchObject({ lockDelayMs });
      expect(termProblems(kept ?? LONG)).toEqual([]);
      expect(kept?.fenceAfterMs).toBeLessThanOrEqual(LONG.fenceAfterMs);
      expect(kept?.stopTimeoutMs).toBeLessThanOrEqual(LONG.stopTimeoutMs);
    }
  });

  it('are the shorter ones that were configured, although it would keep longer ones', () => {
    expect(termsWithin(DEFAULT_LEASE_TERMS, 30_000)).toEqual({ ...DEFAULT_LEASE_TERMS, lockDelayMs: 30_000 });
  });

  it('are none when it protects for too short', () => {
    expect(termsWithin(LONG, 3_000)).toBeUndefined();
    expect(termsWithin(LONG, 0)).toBeUndefined();
  });
});
