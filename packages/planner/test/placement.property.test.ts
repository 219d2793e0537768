import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { hostPlacement, placementOf, rebalancePlan } from '../src/index.js';
import { claimsOf, factsOf, peer, slotIds, worldOf } from './placement-world.js';

import type { DefinedPod, PeerView, PlacementWorld } from '../src/index.js';
import type { SlotId } from '@raftainer/pod-spec';

const GIB = 2 ** 30;
const ZONES = ['a', 'b', 'c'] as const;

const host = fc.record({
  cores: fc.constantFrom(2, 4, 8, 16),
  gib: fc.constantFrom(4, 16, 64),
  zone: fc.constantFrom(...ZONES),
});

const fleet = fc.array(host, { minLength: 1, maxLength: 8 }).map((hosts) =>
  hosts.map(({ cores, gib, zone }, index): PeerView => {
    const name = `host-${index}`;
    const facts = factsOf(name, {
      cpu: { cores, architecture: 'amd64' },
      memory: { totalBytes: gib * GIB },
      labels: { zone },
    });
    return peer(name, { facts });
  }),
);

const podShape = fc.record({
  instances: fc.integer({ min: 0, max: 6 }),
  cpu: fc.constantFrom(undefined, 0.1, 1, 2.5),
  zone: fc.constantFrom(undefined, ...ZONES),
  placement: fc.constantFrom('spread', 'pack'),
  spread: fc.boolean(),
  weight: fc.constantFrom(0, 50, -100),
});

const pods = fc.array(podShape, { minLength: 1, maxLength: 6 }).map((shapes) =>
  shapes.map(({ instances, cpu, zone, placement, spread, weight }, index) => ({
    name: `pod-${index}`,
    instances,
    placement,
    constraints: zone === undefined ? [] : [{ attribute: 'labels.zone', operator: '=', value: zone }],
    affinities: weight === 0 ? [] : [{ attribute: 'labels.zone', operator: '=', value: 'a', weight }],
    spread: spread ? [{ attribute: 'labels.zone' }] : [],
    containers: [{ name: 'app', image: 'web:1', resources: cpu === undefined ? {} : { cpu } }],
  })),
);

const worlds = fc.tuple(pods, fleet).map(([inputs, hosts]) => worldOf(inputs, hosts));

/** The first choice of every slot that has one. */
function firstChoices(world: PlacementWorld): ReadonlyMap<SlotId, string> {
  const chosen = new Map<SlotId, string>();
  for (const [id, { ranked }] of placementOf(world)) if (ranked[0]) chosen.set(id, ranked[0].host);
  return chosen;
}

function withClaims(world: PlacementWorld, holders: Iterable<readonly [SlotId, string]>): PlacementWorld {
  return { ...world, claims: claimsOf(Object.fromEntries(holders)) };
}

/** Placed by nothing but constraints and the number of slots on each host. */
function isPlain({ placement, affinities, spread, containers }: DefinedPod['pod']): boolean {
  const wantsRoom = containers.some(({ resources }) => resources.cpu !== undefined);
  return placement === 'spread' && affinities.length === 0 && spread.length === 0 && !wantsRoom;
}

describe('placement', { timeout: 120_000 }, () => {
  it('is the same whatever the order of the records', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const shuffled = { ...world, pods: [...world.pods].reverse(), hosts: [...world.hosts].reverse() };
        for (const [id, placement] of placementOf(world))
          expect(placementOf(shuffled).get(id)).toEqual(placement);
      }),
    );
  });

  it('gives every slot to exactly one host at once, the one that heads its ranking', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const chosen = firstChoices(world);
        const ranks = world.hosts.map(({ name }) => ({ name, ...hostPlacement(world, name) }));
        for (const [id, best] of chosen) {
          const first = ranks.filter((host) => host.ranks.get(id)?.rank === 0).map(({ name }) => name);
          expect(first).toEqual([best]);
        }
      }),
    );
  });

  it('never breaks a constraint, nor the capacity of a host', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const used = new Map<string, number>();
        for (const [id, name] of firstChoices(world)) {
          const pod = world.pods.find((candidate) => id.startsWith(`${candidate.pod.name}/`))?.pod;
          const labels = world.hosts.find((candidate) => candidate.name === name)?.facts?.labels;
          for (const { value } of pod?.constraints ?? []) expect(labels?.zone).toBe(value);
          used.set(name, (used.get(name) ?? 0) + (pod?.containers[0]?.resources.cpu ?? 0));
        }
        for (const { name, facts } of world.hosts)
          expect(used.get(name) ?? 0).toBeLessThanOrEqual((facts?.cpu.cores ?? 0) + 1e-9);
      }),
    );
  });

  it('leaves no slot without a host that has room and meets the rules', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        for (const [, { ranked, excluded }] of placementOf(world)) {
          expect(ranked.length + excluded.length).toBe(world.hosts.length);
          for (const { failures } of excluded) expect(failures.length).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('goes on the same when some hosts have claimed what was theirs', () => {
    fc.assert(
      fc.property(worlds, fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }), (world, done) => {
        // What follows affinities, values or room may go elsewhere once some of it is there; what only spreads does not.
        const spreading = { ...world, pods: world.pods.filter(({ pod }) => isPlain(pod)) };
        const chosen = firstChoices(spreading);
        const claimed = [...chosen].filter(([, name]) => done[Number(name.slice('host-'.length))]);
        const later = firstChoices(withClaims(spreading, claimed));
        const moved = [...chosen].filter(
          ([id, name]) => !claimed.some(([other]) => other === id) && later.get(id) !== name,
        );
        expect(moved).toEqual([]);
      }),
    );
  });
});

/** Many pods of one slot each, on alike hosts: what the rendezvous alone does. */
const SINGLES = Array.from({ length: 300 }, (_, index) => ({ name: `pod-${index}` }));

describe('a change of the fleet', { timeout: 120_000 }, () => {
  const counts = fc.integer({ min: 2, max: 20 });
  const alike = (count: number): readonly PeerView[] =>
    Array.from({ length: count }, (_, index) => peer(`host-${index}`));

  it('moves only the slots of a host that leaves', () => {
    fc.assert(
      fc.property(counts, fc.nat(), (count, pick) => {
        const before = firstChoices(worldOf(SINGLES, alike(count)));
        const gone = `host-${pick % count}`;
        const after = firstChoices(
          worldOf(
            SINGLES,
            alike(count).filter(({ name }) => name !== gone),
          ),
        );
        for (const [id, name] of before) if (name !== gone) expect(after.get(id)).toBe(name);
      }),
      { numRuns: 20 },
    );
  });

  it('gives a host that joins its share, and moves nothing between the others', () => {
    fc.assert(
      fc.property(counts, (count) => {
        const before = firstChoices(worldOf(SINGLES, alike(count)));
        const after = firstChoices(worldOf(SINGLES, alike(count + 1)));
        const moved = [...after].filter(([id, name]) => before.get(id) !== name);
        for (const [, name] of moved) expect(name).toBe(`host-${count}`);
        const share = SINGLES.length / (count + 1);
        expect(moved.length).toBeGreaterThan(share / 3);
        expect(moved.length).toBeLessThan(share * 2 + 10);
      }),
      { numRuns: 20 },
    );
  });

  it('leaves running slots where they are', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const holders = [...firstChoices(world)];
        const joined = { ...withClaims(world, holders), hosts: [...world.hosts, peer('newcomer')] };
        const ranked = hostPlacement(joined, 'newcomer').ranks;
        for (const [id] of holders) expect(ranked.has(id)).toBe(false);
      }),
    );
  });
});

describe('rebalancing', { timeout: 120_000 }, () => {
  it('has nothing to propose once it was carried out', () => {
    fc.assert(
      fc.property(pods, fleet, fc.infiniteStream(fc.nat()), (inputs, hosts, picks) => {
        const unlimited = inputs.map((input) => ({
          ...input,
          placement: 'spread',
          containers: [{ name: 'app', image: 'web:1' }],
        }));
        const world = worldOf(unlimited, hosts);
        const holders = new Map(
          slotIds(world).map((id) => [id, hosts[(picks.next().value ?? 0) % hosts.length]?.name ?? '']),
        );
        for (const { slot, to } of rebalancePlan(withClaims(world, holders))) holders.set(slot, to);
        expect(rebalancePlan(withClaims(world, holders))).toEqual([]);
      }),
    );
  });
});
