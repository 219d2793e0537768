import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { plan } from '../src/index.js';
import { carryOut, HOST, podView, snapshotOf } from './world.js';

import type { ContainerView, PodView, Snapshot } from '../src/index.js';
import type { SlotId } from '@raftainer/pod-spec';

type Valid = PodView & { readonly state: 'valid' };

const GIB = 2 ** 30;

/** Of every resource there is: a quarter of the host, or more than half of it. */
const demand = fc.record({
  cpu: fc.constantFrom(0.1, 0.7, 2.5),
  memory: fc.constantFrom('64Mi', '1Gi', '5Gi'),
  pids: fc.constantFrom(undefined, 100, 3_000),
  gpus: fc.constantFrom(0, 1, 2),
  fixedPort: fc.boolean(),
  dynamicPorts: fc.integer({ min: 0, max: 3 }),
  sidecars: fc.integer({ min: 0, max: 3 }),
});

type Demand = typeof demand extends fc.Arbitrary<infer D> ? D : never;

const specs = fc.array(
  fc.record({ before: demand, after: demand, instances: fc.integer({ min: 1, max: 2 }) }),
  {
    minLength: 1,
    maxLength: 4,
  },
);

const remainsState = fc.constantFrom<ContainerView['state']>('exited', 'created', 'dead');

function podOf(
  name: string,
  { demand: wanted, instances }: { readonly demand: Demand; readonly instances: number },
): Valid {
  const { cpu, memory, pids, gpus, fixedPort, dynamicPorts, sidecars } = wanted;
  const fixed = fixedPort ? [{ name: 'f', containerPort: 1, publish: 'internal', hostPort: 7_000 }] : [];
  const dynamic = Array.from({ length: dynamicPorts }, (_, port) => ({
    name: `p${port}`,
    containerPort: 80 + port,
    publish: 'internal',
  }));
  const resources = {
    cpu,
    memory,
    ...(pids === undefined ? {} : { pids }),
    ...(gpus === 0 ? {} : { gpus: { count: gpus } }),
  };
  const more = Array.from({ length: sidecars }, (_, index) => ({
    name: `s${index}`,
    image: 's:1',
    role: 'sidecar',
  }));
  const app = { name: 'app', image: 'a:1', resources, ports: [...fixed, ...dynamic] };
  return podView({ name, instances, containers: [app, ...more] });
}

/** A host on which of everything there is little: 4 cores, 8 GiB, two devices, six ports, three networks. */
function smallHost(): Snapshot {
  const { host, ...rest } = snapshotOf([]);
  const gpu = { vendor: 'nvidia', model: 'T4', vramBytes: 16 * GIB };
  const gpus = [
    { id: 'gpu-0', ...gpu },
    { id: 'gpu-1', ...gpu },
  ];
  return {
    ...rest,
    host: {
      ...host,
      facts: { ...host.facts, gpus },
      portRange: { from: 20_000, to: 20_005 },
      podSubnets: { range: '10.213.0.0/27', prefixLength: 29 },
    },
  };
}

function withPods(world: Snapshot, views: readonly Valid[]): Snapshot {
  return { ...world, pods: new Map(views.map((view) => [view.pod.name, view])) };
}

function settle(world: Snapshot): Snapshot {
  let current = world;
  for (let cycle = 0; cycle < 30; cycle += 1) {
    const { slots } = plan(current);
    if (slots.size === 0) return current;
    current = carryOut(current, slots);
  }
  throw new Error('The plans never come to rest.');
}

function heldBy(world: Snapshot): readonly SlotId[] {
  return [...world.claims].flatMap(([id, { session }]) => (session === undefined ? [] : [id]));
}

const isOf = (id: SlotId, slot: { readonly pod: string; readonly index: number } | undefined): boolean =>
  slot !== undefined && id === `${slot.pod}/${slot.index}`;

/** The claims of these slots were lost, and nothing of them runs any more. */
function lose(world: Snapshot, lost: readonly SlotId[], state: ContainerView['state']): Snapshot {
  return {
    ...world,
    claims: new Map(
      [...world.claims].map(([id, claim]) => [
        id,
        lost.includes(id) ? { epoch: claim.epoch, host: HOST } : claim,
      ]),
    ),
    containers: world.containers.map((container) =>
      lost.some((id) => isOf(id, container.slot)) ? { ...container, state, exitCode: 137 } : container,
    ),
  };
}

/** The same host without anything of the slot. */
function swept(world: Snapshot, id: SlotId): Snapshot {
  return {
    ...world,
    containers: world.containers.filter(({ slot }) => !isOf(id, slot)),
    networks: world.networks.filter(({ slot }) => !isOf(id, slot)),
    services: world.services.filter(({ slot }) => !isOf(id, slot)),
  };
}

function takes(world: Snapshot, id: SlotId): boolean {
  return (
    plan(world)
      .slots.get(id)
      ?.actions.some(({ type }) => type === 'acquire-claim') === true
  );
}

describe('what is left of a slot on its host', { timeout: 120_000 }, () => {
  it('speaks neither for nor against it, whatever it was made of and whatever it has come to ask for', () => {
    const answers = new Set<boolean>();
    fc.assert(
      fc.property(specs, remainsState, fc.nat(), (pods, state, choice) => {
        const before = pods.map(({ before: wanted, instances }, n) =>
          podOf(`p${n}`, { demand: wanted, instances }),
        );
        const world = settle(withPods(smallHost(), before));
        const held = heldBy(world);
        const id = held[choice % held.length];
        if (id === undefined) return;
        // Only the slot's own pod is edited, and has no other slot here that would be in the middle of it.
        const edited = pods.map((pod, n) => {
          const isIts = id.startsWith(`p${n}/`) && pod.instances === 1;
          return isIts ? podOf(`p${n}`, { demand: pod.after, instances: 1 }) : before[n];
        });
        const lost = withPods(
          lose(world, [id], state),
          edited.flatMap((view) => view ?? []),
        );
        const others = new Map(
          [...lost.pods].map(([name, view]) => [name, onlyHeld(lost, { name, view, id })]),
        );
        const alone = { ...lost, pods: others };
        const answer = takes(swept(alone, id), id);
        answers.add(answer);
        expect(takes(alone, id)).toBe(answer);
      }),
      { numRuns: 500 },
    );
    expect([...answers].sort()).toEqual([false, true]);
  });

  it('lets a host that was rebooted take back all that it had, however full it was', () => {
    fc.assert(
      fc.property(specs, remainsState, fc.boolean(), (pods, state, networks) => {
        const views = pods.map(({ before: wanted, instances }, n) =>
          podOf(`p${n}`, { demand: wanted, instances }),
        );
        const full = settle(withPods(smallHost(), views));
        const held = heldBy(full);
        const whole = views.filter(({ pod }) =>
          Array.from({ length: pod.instances }, (_, n): SlotId => `${pod.name}/${n}`).every((id) =>
            held.includes(id),
          ),
        );
        const world = settle(withPods(full, whole));
        const booted = lose(
          { ...world, networks: networks ? world.networks : [], services: [] },
          heldBy(world),
          state,
        );
        const { verdicts } = plan(booted);
        expect(verdicts).toEqual([]);
        const again = settle(booted);
        expect([...heldBy(again)].sort()).toEqual([...heldBy(world)].sort());
        expect(again.containers.filter(({ state: now }) => now === 'running')).toHaveLength(
          world.containers.length,
        );
      }),
      { numRuns: 200 },
    );
  });
});

/** The definition without the free slots beside the one that is asked about: they would compete with it. */
function onlyHeld(
  world: Snapshot,
  { name, view, id }: { readonly name: string; readonly view: PodView; readonly id: SlotId },
): PodView {
  if (view.state !== 'valid') return view;
  const counts = [...heldBy(world), id].flatMap((held) => {
    const [pod, index] = held.split('/');
    return pod === name ? [Number(index) + 1] : [];
  });
  return { ...view, pod: { ...view.pod, instances: Math.max(0, ...counts) } };
}
