import { createLogger } from '@raftainer/logger';
import { slotRefOf } from '@raftainer/pod-spec';
import { describe, expect, it } from 'vitest';

import { CLAIMS_WAIT_MS, ClaimRewinds } from './claim-rewinds.js';

import type { Claim, ClaimList } from '@raftainer/cluster';
import type { ClaimsInDoubt } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';

const OURS = { exclusive: 'x', shared: 's' };
const LOCK_DELAY_MS = 7_000;

/** Claims as `[slot, session, modifyIndex]`; without a session nobody holds it. */
function list(index: number, ...claims: readonly [SlotId, string | undefined, number][]): ClaimList {
  const one = ([id, session, modifyIndex]: (typeof claims)[number]): Claim => {
    return { ...slotRefOf(id), epoch: 1, modifyIndex, ...(session === undefined ? {} : { session }) };
  };
  return { index, claims: claims.map(one) };
}

function watching(lockDelayMs = LOCK_DELAY_MS): {
  readonly rewinds: ClaimRewinds;
  readonly see: (claims: ClaimList, now?: number) => ClaimsInDoubt | undefined;
  readonly told: () => number;
} {
  let told = 0;
  const rewinds = new ClaimRewinds({
    lockDelayMs: () => lockDelayMs,
    logger: createLogger({ name: 'test', level: 'silent' }),
    onRewind: () => {
      told += 1;
    },
  });
  const see = (claims: ClaimList, now = 0): ClaimsInDoubt | undefined => rewinds.see(claims, OURS, now);
  return { rewinds, see, told: () => told };
}

describe('ClaimRewinds', () => {
  it('takes what an earlier run of this agent claimed for its own', () => {
    const { see, told } = watching();
    expect(see(list(10, ['web/0', 'x', 5]))).toBeUndefined();
    expect(told()).toBe(0);
  });

  it('does not doubt what this host took, in whatever order list and answer come', () => {
    const { rewinds, see, told } = watching();
    see(list(10));
    rewinds.took('web/0');
    expect(see(list(10, ['web/1', 'y', 9]))).toBeUndefined();
    expect(see(list(12, ['web/0', 'x', 12]))).toBeUndefined();
    expect(see(list(13, ['web/0', 'x', 13]))).toBeUndefined();
    rewinds.gave('web/0');
    expect(see(list(14, ['web/0', undefined, 14]))).toBeUndefined();
    expect(told()).toBe(0);
  });

  it.each([
    ['7 s', LOCK_DELAY_MS],
    ['60 s', 60_000],
  ])(
    'doubts a claim that became its own without its doing, until whoever ran it must have stopped it: %s',
    (_, ms) => {
      const { see, told } = watching(ms);
      see(list(20, ['web/0', 'y', 20]));
      const back = list(15, ['web/0', 'x', 15]);
      const until = see(back, 1_000)?.held.get('web/0') ?? 0;
      expect(until - 1_000).toBeGreaterThanOrEqual(CLAIMS_WAIT_MS + ms + 1_000);
      expect(see(back, until - 1)?.held.size).toBe(1);
      expect(see(back, until)).toBeUndefined();
      expect(told()).toBe(1);
    },
  );

  it('doubts one that a later state gives it, where nothing is older', () => {
    const { see } = watching();
    see(list(20, ['web/0', 'y', 10]));
    expect([...(see(list(30, ['web/0', 'x', 25]))?.held.keys() ?? [])]).toEqual(['web/0']);
  });

  it('doubts what it gave up itself and has again', () => {
    const { rewinds, see } = watching();
    see(list(20, ['web/0', 'x', 20]));
    rewinds.gave('web/0');
    see(list(21, ['web/0', undefined, 21]));
    expect(see(list(20, ['web/0', 'x', 20]))?.held.has('web/0')).toBe(true);
  });

  it('doubts what is free when any claim is older, or gone with a fall of the index', () => {
    const older = watching();
    older.see(list(20, ['web/0', 'y', 20]));
    expect(older.see(list(25, ['web/0', 'y', 12], ['web/1', 'y', 25]), 0)?.freeUntil).toBeGreaterThan(0);
    const gone = watching();
    gone.see(list(20, ['web/0', 'y', 20]));
    expect(gone.see(list(12), 0)?.freeUntil).toBeGreaterThan(0);
  });

  it('is not led astray by Consul forgetting deletions, or by a pod that was removed', () => {
    const { see, told } = watching();
    see(list(20, ['web/0', 'y', 10], ['old/0', undefined, 11]));
    expect(see(list(21, ['web/0', 'y', 10]))).toBeUndefined();
    expect(see(list(10, ['web/0', 'y', 10]))).toBeUndefined();
    expect(told()).toBe(0);
  });
});
