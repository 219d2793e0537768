import { describe, expect, it } from 'vitest';

import { combineHolds } from './combine-holds.js';

import type { HoldMessage } from './protocol.js';

function message(changes: Partial<HoldMessage> = {}): HoldMessage {
  return {
    kind: 'hold',
    ...{ crashMs: 10_000, consul: {}, exclusiveSession: 'e1', sharedSession: 's1', serviceId: 'agent' },
    ...{ claimsFolder: 'locks/', beats: [], renewEveryMs: 1_500, fenceAfterMs: 4_500 },
    ...changes,
  };
}

describe('combineHolds', () => {
  it('takes over how to hold from the newer message', () => {
    const other = message({ exclusiveSession: 'e2', crashMs: 0 });
    expect(combineHolds(message(), other)).toEqual(other);
    expect(combineHolds(undefined, other)).toEqual(other);
  });

  it('does not shorten what was asked for, whatever comes later', () => {
    const asked = message({ askedUntil: 600 });
    expect(combineHolds(asked, message({ leftUntil: 30 }))).toMatchObject({ askedUntil: 600, leftUntil: 30 });
    expect(combineHolds(asked, message({ askedUntil: 20 })).askedUntil).toBe(600);
    expect(combineHolds(asked, message({ askedUntil: 900 })).askedUntil).toBe(900);
    expect(combineHolds(asked, message()).askedUntil).toBe(600);
  });
});
