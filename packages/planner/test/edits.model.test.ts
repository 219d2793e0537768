import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ABSENT, EditWorld, ENDS, podOf, UNWELL } from './edit-world.js';

const OLD = podOf('web:1');
const GOOD = podOf('web:2');
const INSTANCES = 6;

describe('an edit of a pod whose slots are on three hosts', { timeout: 120_000 }, () => {
  it('reaches all of them, one at a time', () => {
    const world = new EditWorld(OLD);
    world.edit(GOOD);
    world.rounds(200);
    expect(new Set(world.revisions)).toEqual(new Set([GOOD.revision]));
    expect(world).toMatchObject({ fewest: INSTANCES - 1, serving: INSTANCES });
  });

  it.each([
    { image: UNWELL, fewest: INSTANCES - 1 },
    { image: ENDS, fewest: INSTANCES - 1 },
    { image: ABSENT, fewest: INSTANCES },
  ])('to $image leaves $fewest of 6 serving, and its revert heals', ({ image, fewest }) => {
    const world = new EditWorld(OLD);
    world.edit(podOf(image));
    world.rounds(300);
    expect(world.fewest).toBe(fewest);
    world.edit(OLD);
    world.rounds(150);
    expect(world).toMatchObject({ fewest, serving: INSTANCES });
  });

  it('leaves all but one serving, whatever is edited next and whichever host works when', () => {
    const step = fc.record({ host: fc.nat(2), actions: fc.integer({ min: 0, max: 9 }) });
    const images = fc.constantFrom('web:1', 'web:2', UNWELL, ENDS, ABSENT);
    const schedule = fc.array(step, { minLength: 20, maxLength: 120 });
    fc.assert(
      fc.property(fc.array(images, { minLength: 1, maxLength: 3 }), schedule, (edits, steps) => {
        const world = new EditWorld(OLD);
        for (const image of edits) {
          world.edit(podOf(image));
          for (const { host, actions } of steps) world.step(host, actions);
        }
        expect(world.fewest).toBeGreaterThanOrEqual(INSTANCES - 1);
      }),
      { numRuns: 100 },
    );
  });
});
