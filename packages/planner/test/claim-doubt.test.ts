import { describe, expect, it } from 'vitest';

import { plan } from '../src/index.js';
import { carryOut, SESSION, snapshotOf, webPod } from './world.js';

import type { ClaimView, Snapshot } from '../src/index.js';
import type { SlotId } from '@raftainer/pod-spec';

const SLOT: SlotId = 'web/0';
const HELD = new Map<SlotId, ClaimView>([[SLOT, { session: SESSION, epoch: 1 }]]);

/** A world in which the store went back a moment ago. */
function rewound(world: Snapshot, forMs = 10_000): Snapshot {
  const until = world.now + forMs;
  return { ...world, claimsInDoubt: { freeUntil: until, held: new Map([[SLOT, until]]) } };
}

describe('claims of another time', () => {
  it('start nothing: the slot waits, and says why', () => {
    const world = rewound(snapshotOf([webPod()], { claims: HELD }));
    const { slots, statuses, wakeAt } = plan(world);
    expect(slots.size).toBe(0);
    expect(statuses.get(SLOT)?.message).toMatch(/^Consul went back to another state/);
    expect(wakeAt).toBe(world.now + 10_000);
    expect(plan({ ...world, now: world.now + 10_000 }).slots.has(SLOT)).toBe(true);
  });

  it('are not taken where nobody holds them', () => {
    const world = rewound(snapshotOf([webPod()]));
    expect(plan(world).slots.size).toBe(0);
    expect(plan(world).wakeAt).toBe(world.now + 10_000);
    expect(plan({ ...world, now: world.now + 10_000 }).slots.has(SLOT)).toBe(true);
  });

  it('do not disturb what runs here: it is the one copy there is, and is claimed again at once', () => {
    const fresh = snapshotOf([webPod()]);
    const running = carryOut(fresh, plan(fresh).slots);
    expect(plan(rewound(running)).slots.size).toBe(0);
    const lost = rewound({ ...running, claims: new Map() });
    expect(plan(lost).slots.get(SLOT)?.actions).toMatchObject([{ reason: 'claim-missing' }]);
  });

  it('do not hold up pods of which two copies may run', () => {
    expect(plan(rewound(snapshotOf([webPod({ exclusive: false })]))).slots.has(SLOT)).toBe(true);
  });
});
