import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { plan } from '../src/index.js';
import { carryOut, podView, snapshotOf } from './world.js';

import type { PodView, Snapshot } from '../src/index.js';

const container = fc.record({
  image: fc.constantFrom('web:1', 'web:2', 'db:1'),
  role: fc.constantFrom('startup', 'main', 'sidecar'),
  env: fc.constantFrom('a', 'b'),
});

const podInput = fc.record({
  name: fc.constantFrom('a', 'b', 'c', 'd'),
  instances: fc.integer({ min: 0, max: 3 }),
  containers: fc.array(container, { minLength: 0, maxLength: 3 }),
});

const pods = fc.uniqueArray(podInput, { maxLength: 4, selector: (pod) => pod.name }).map((inputs) =>
  inputs.map((input) =>
    podView({
      name: input.name,
      instances: input.instances,
      containers: [
        { name: 'main', image: 'web:1' },
        ...input.containers.map((extra, index) => ({
          name: `c${index}`,
          image: extra.image,
          role: extra.role,
          environment: { X: extra.env },
          ports:
            extra.role === 'startup' ? [] : [{ name: `p${index}`, containerPort: 80, publish: 'internal' }],
        })),
      ],
    }),
  ),
);

function withPods(world: Snapshot, views: readonly (PodView & { readonly state: 'valid' })[]): Snapshot {
  return { ...world, pods: new Map(views.map((view) => [view.pod.name, view])) };
}

/** Carries plans out until nothing is left to do. */
function settle(world: Snapshot): Snapshot {
  let current = world;
  for (let cycle = 0; cycle < 30; cycle += 1) {
    const { slots } = plan(current);
    if (slots.size === 0) return current;
    current = carryOut(current, slots);
  }
  throw new Error('The plans never come to rest.');
}

describe('whatever the definitions, and whatever they become', { timeout: 120_000 }, () => {
  it('comes to rest with exactly the wanted slots running', () => {
    fc.assert(
      fc.property(pods, pods, (before, after) => {
        const world = settle(withPods(settle(withPods(snapshotOf([]), before)), after));
        const wanted = after.flatMap(({ pod }) =>
          Array.from({ length: pod.instances }, (_, i) => `${pod.name}/${i}`),
        );
        expect(
          [...world.claims]
            .filter(([, claim]) => claim.session !== undefined)
            .map(([id]) => id)
            .sort(),
        ).toEqual(wanted.sort());
        const expected = after.reduce((sum, { pod }) => sum + pod.instances * pod.containers.length, 0);
        expect(world.containers).toHaveLength(expected);
        expect(world.networks).toHaveLength(wanted.length);
        expect(new Set(world.networks.flatMap((network) => network.subnets)).size).toBe(wanted.length);
      }),
      { numRuns: 150 },
    );
  });

  it('never touches a container that an edit does not concern', () => {
    fc.assert(
      fc.property(pods, pods, (before, after) => {
        const first = settle(withPods(snapshotOf([]), before));
        const second = settle(withPods(first, after));
        const kept = new Set(second.containers.map((c) => c.id));
        const unchanged = first.containers.filter((c) => second.containers.some((d) => d.name === c.name));
        for (const same of unchanged) expect(kept.has(same.id)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('plans the same from the same snapshot', () => {
    fc.assert(
      fc.property(pods, (views) => {
        const world = withPods(snapshotOf([]), views);
        expect(plan(world)).toEqual(plan(structuredClone(world)));
      }),
    );
  });
});
