import { describe, expect, it } from 'vitest';

import { drainSuccessors, plan } from '../src/index.js';
import { factsOf, peer } from './placement-world.js';
import { carryOut, HOST, podView, SESSION, snapshotOf, typesOf, webPod } from './world.js';

import type { ClaimView, FleetView, PeerView, PodView, Snapshot } from '../src/index.js';
import type { SlotId } from '@raftainer/pod-spec';

type Valid = PodView & { readonly state: 'valid' };

const SLOT: SlotId = 'web/0';
const NOW = 1_000_000;

/** A snapshot of a host that has others beside it. */
function among(
  peers: readonly PeerView[],
  pods: readonly Valid[],
  changes: Partial<Omit<Snapshot, 'fleet'>> & { readonly fleet?: Partial<FleetView> } = {},
): Snapshot {
  const { fleet, ...rest } = changes;
  const base = snapshotOf(pods, rest);
  return { ...base, fleet: { ...base.fleet, peers: [own(), ...peers], lockDelayMs: 7_000, ...fleet } };
}

/** This host as its record shows it. */
function own(changes: Partial<PeerView> = {}): PeerView {
  return peer(HOST, { facts: snapshotOf([]).host.facts, ...changes });
}

/** The pod `web` that prefers, or avoids, this host. */
function inclined(weight: number, changes: object = {}): Valid {
  const affinities = [{ attribute: 'hostname', operator: '=', value: HOST, weight }];
  return webPod({ affinities, ...changes });
}

/** The same world, once the slots of this host run. */
function settled(world: Snapshot): Snapshot {
  return carryOut(world, plan(world).slots);
}

describe('a free slot, with other hosts about', () => {
  it('is taken at once by the first of the ranking', () => {
    const { slots } = plan(among([peer('b')], [inclined(100)]));
    expect(slots.get(SLOT)).toMatchObject({ rank: 0 });
    expect(typesOf(slots.get(SLOT)?.actions)[0]).toBe('acquire-claim');
  });

  it('is waited for by the others, each a step longer', () => {
    const freeSince = new Map([[SLOT, NOW - 500]]);
    const decision = plan(among([peer('b'), peer('c')], [inclined(-100)], { fleet: { freeSince } }));
    expect(decision.slots.size).toBe(0);
    expect(decision.verdicts).toEqual([]);
    expect(decision.wakeAt).toBe(NOW - 500 + 2 * 1_000);
  });

  it('is taken by the next when it is still free after its step', () => {
    const freeSince = new Map([[SLOT, NOW - 1_000]]);
    const decision = plan(among([peer('b')], [inclined(-100)], { fleet: { freeSince } }));
    expect(decision.slots.get(SLOT)).toMatchObject({ rank: 1 });
  });

  it.each([
    ['absent', { present: false }],
    ['draining', { draining: true }],
    ['refusing', { refusals: [{ pod: 'web', failures: [] }] }],
    ['too small', { facts: factsOf('b', { memory: { totalBytes: 2 ** 20 } }) }],
  ])('is not left to a host that is %s', (_, changes) => {
    const containers = [{ name: 'app', image: 'web:1', resources: { memory: '1Gi' } }];
    const decision = plan(among([peer('b', changes)], [inclined(-100, { containers })]));
    expect(decision.slots.get(SLOT)).toMatchObject({ rank: 0 });
  });

  it('is not asked for while the lock of a lost session stays closed', () => {
    const claims = new Map([[SLOT, { epoch: 3, host: 'b' }]]);
    const freeSince = new Map([[SLOT, NOW - 1_000]]);
    const world = among([], [webPod()], { claims, fleet: { freeSince } });
    expect(typesOf(plan(world).slots.get(SLOT)?.actions)).not.toContain('acquire-claim');
    expect(plan({ ...settled({ ...world, now: NOW + 5_000 }), now: NOW + 5_500 }).wakeAt).toBe(NOW + 6_000);
    expect(typesOf(plan({ ...world, now: NOW + 6_000 }).slots.get(SLOT)?.actions)).toContain('acquire-claim');
  });

  describe('whose lock is still closed', () => {
    const lost = new Map([[SLOT, { epoch: 3, host: 'c' }]]);
    const freeSince = new Map([[SLOT, NOW - 1_000]]);
    const closed = { claims: lost, fleet: { freeSince } };

    it('gets its network in the second half of the delay on the host that takes it next, and nothing else', () => {
      const early = among([peer('b')], [inclined(100)], closed);
      expect(plan(early)).toMatchObject({ slots: new Map(), wakeAt: NOW + 2_500 });
      const world = { ...early, now: NOW + 2_500 };
      const { slots } = plan(world);
      expect(slots.get(SLOT)?.actions).toMatchObject([{ type: 'create-network', reason: 'lock-opens-soon' }]);
      const prepared = settled(world);
      expect(prepared.networks).toHaveLength(1);
      expect(plan(prepared)).toMatchObject({ slots: new Map(), wakeAt: NOW + 6_000 });
      const opened = plan({ ...prepared, now: NOW + 6_000 }).slots.get(SLOT);
      expect(typesOf(opened?.actions).slice(0, 3)).toEqual([
        'acquire-claim',
        'ensure-image',
        'create-container',
      ]);
    });

    it('gets nothing on hosts that come later, or that cannot run it', () => {
      const now = NOW + 2_500;
      expect(plan({ ...among([peer('b')], [inclined(-100)], closed), now }).slots.size).toBe(0);
      const containers = [{ name: 'app', image: 'web:1', resources: { memory: '1Ti' } }];
      expect(plan({ ...among([], [webPod({ containers })], closed), now }).slots.size).toBe(0);
    });

    it('loses its network again when another host has taken it', () => {
      const prepared = settled({ ...among([peer('b')], [inclined(100)], closed), now: NOW + 2_500 });
      const claims = new Map([[SLOT, { epoch: 4, session: 'another', host: 'b' }]]);
      expect(plan({ ...prepared, claims }).slots.get(SLOT)?.actions).toMatchObject([
        { type: 'remove-network', reason: 'claim-held-elsewhere' },
      ]);
    });
  });

  it('is asked for at once after a release, or where two copies are allowed', () => {
    const released = new Map([[SLOT, { epoch: 3 }]]);
    expect(plan(among([], [webPod()], { claims: released })).slots.size).toBe(1);
    const lost = new Map([[SLOT, { epoch: 3, host: 'b' }]]);
    expect(plan(among([], [webPod({ exclusive: false })], { claims: lost })).slots.size).toBe(1);
  });

  it('that this host is taking counts as its own for the next', () => {
    const pod = webPod({ instances: 2 });
    const world = among([peer('b')], [pod]);
    const [mine] = [...plan(world).slots.keys()];
    const busy = new Map([[mine ?? SLOT, { revision: pod.revision, hostPorts: [], gpus: [] }]]);
    expect(plan({ ...world, busy }).slots.size).toBe(0);
  });
});

it('room is not kept for a pod that nobody can run', () => {
  const containers = [{ name: 'app', image: 'web:1', resources: { memory: '8Gi' } }];
  const impossible = podView({ name: 'job', kind: 'job', containers });
  const other = peer('b', { refusals: [{ pod: 'job', failures: [] }] });
  const decision = plan(among([other], [impossible, inclined(100, { containers })]));
  expect(decision.slots.get(SLOT)).toMatchObject({ rank: 0 });
});

describe('a refusal', () => {
  const stranger = { address: '0.0.0.0', port: 8080, protocol: 'tcp' } as const;
  const pod = inclined(100, {
    containers: [
      {
        name: 'app',
        image: 'web:1',
        ports: [{ name: 'http', containerPort: 80, hostPort: 8080, publish: 'external' }],
      },
    ],
  });

  it('that the records do not tell is published, with the revision', () => {
    const { verdicts } = plan(among([peer('b')], [pod], { listening: [stranger] }));
    expect(verdicts).toMatchObject([
      { pod: 'web', revision: pod.revision, failures: [{ rule: 'host-port' }] },
    ]);
  });

  it('stays while its cause does, although the records tell of it now', () => {
    const failures = plan(among([peer('b')], [pod], { listening: [stranger] })).verdicts[0]?.failures ?? [];
    const refusing = own({ refusals: [{ pod: 'web', revision: pod.revision, failures }] });
    const again = among([], [pod], { listening: [stranger], fleet: { peers: [refusing, peer('b')] } });
    expect(plan(again).verdicts).toMatchObject([{ failures: [{ rule: 'host-port' }] }]);
    expect(plan({ ...again, listening: [] }).slots.get(SLOT)).toMatchObject({ rank: 0 });
  });

  it('of a system pod stays as well, and ends with its cause', () => {
    const failures = [{ rule: 'x', attribute: '', operator: '', required: 1, actual: 2, message: 'm' }];
    const logs = webPod({ name: 'logs', kind: 'system' });
    const refusing = own({ refusals: [{ pod: 'logs', revision: logs.revision, failures }] });
    const world = among([], [logs], { fleet: { peers: [refusing, peer('z')] } });
    expect([...plan(world).slots.keys()]).toEqual(['logs/0']);
  });

  it('that the records tell is not published while others are there, and is when nobody is', () => {
    const elsewhere = webPod({ constraints: [{ attribute: 'hostname', operator: '=', value: 'b' }] });
    const freeSince = new Map([[SLOT, 0]]);
    expect(plan(among([peer('b')], [elsewhere], { fleet: { freeSince } })).verdicts).toEqual([]);
    expect(plan(among([], [elsewhere])).verdicts).toMatchObject([{ failures: [{ rule: 'equality' }] }]);
  });

  it('of a host that used up its attempts is published for the others to take over', () => {
    const failure = {
      revision: pod.revision,
      attempts: 11,
      retryAt: 9e9,
      retried: false,
      exhausted: true,
      code: 'X',
      message: 'it ended',
    };
    const { verdicts } = plan(among([peer('b')], [pod], { failures: new Map([[SLOT, failure]]) }));
    expect(verdicts).toMatchObject([{ revision: pod.revision, failures: [{ rule: 'restart-limit' }] }]);
  });
});

describe('who takes over from a host that drains', () => {
  it('is told for slots that another host can take, and not for those of system pods', () => {
    const mine = new Map<SlotId, ClaimView>([
      [SLOT, { session: SESSION, epoch: 1, host: HOST }],
      ['logs/0', { session: SESSION, epoch: 1, host: HOST }],
    ]);
    const pods = [webPod(), webPod({ name: 'logs', kind: 'system' })];
    expect([...drainSuccessors(among([peer('b')], pods, { claims: mine }))]).toEqual([[SLOT, 'b']]);
    expect(drainSuccessors(among([], pods, { claims: mine })).size).toBe(0);
  });
});

describe('an engine that does not answer', () => {
  const down = { engineDownSince: '2026-01-01T00:00:00Z' };

  it('leaves the slot to a host whose engine does, at once', () => {
    const { slots } = plan(among([peer('a', down), peer('b', down), peer('z', down)], [webPod()]));
    expect(slots.get(SLOT)).toMatchObject({ rank: 0 });
  });

  it('is over for the host that observes it, whatever its record still says', () => {
    const world = among([], [webPod()], { fleet: { peers: [own(down)] } });
    expect(plan(world).slots.get(SLOT)).toMatchObject({ rank: 0 });
  });
});

describe('a system pod', () => {
  const logs = webPod({ name: 'logs', kind: 'system' });
  const held = new Map<SlotId, ClaimView>([['logs/0', { session: 'b', epoch: 1, host: 'b' }]]);

  it('gets the lowest free index on a host that has none', () => {
    const { slots } = plan(among([peer('b')], [logs], { claims: held }));
    expect([...slots.keys()]).toEqual(['logs/1']);
  });

  it('is left alone once it runs, whatever hosts come and go', () => {
    const world = settled(among([peer('b')], [logs], { claims: held }));
    expect(plan(world).slots.size).toBe(0);
    expect(plan({ ...world, fleet: { ...world.fleet, peers: [own()] } }).slots.size).toBe(0);
    const more = [own(), ...['a', 'b', 'c'].map((name) => peer(name))];
    expect(plan({ ...world, fleet: { ...world.fleet, peers: more } }).slots.size).toBe(0);
  });

  it('stays on a host that drains, and is not taken by one', () => {
    const world = settled(among([], [logs]));
    const draining = { ...world.fleet, peers: [own({ draining: true }), peer('b')] };
    expect(plan({ ...world, fleet: draining }).slots.size).toBe(0);
    expect(plan({ ...snapshotOf([logs]), fleet: draining }).slots.size).toBe(0);
  });

  it('gives a second slot on the same host back', () => {
    const claim = { session: SESSION, epoch: 1, host: HOST, revision: logs.revision };
    const claims = new Map<SlotId, typeof claim>([
      ['logs/0', claim],
      ['logs/4', claim],
    ]);
    const { slots } = plan(among([], [logs], { claims }));
    expect(slots.get('logs/4')?.actions).toMatchObject([{ type: 'release-claim', reason: 'scaled-down' }]);
    expect(typesOf(slots.get('logs/0')?.actions)).not.toContain('release-claim');
  });
});

describe('a host that drains', () => {
  const draining = (peers: readonly PeerView[], world: Snapshot): Snapshot => ({
    ...world,
    fleet: { ...world.fleet, peers: [own({ draining: true }), ...peers] },
  });

  it('takes nothing, although nobody else does', () => {
    const decision = plan(draining([], among([], [webPod()])));
    expect(decision.slots.size).toBe(0);
    expect(decision.verdicts).toEqual([]);
  });

  it('gives an exclusive slot up when another host can take it', () => {
    const { slots } = plan(draining([peer('b')], settled(among([], [webPod()]))));
    const actions = slots.get(SLOT)?.actions;
    expect(typesOf(actions)).toEqual([
      'deregister-service',
      'stop-containers',
      'remove-container',
      'remove-network',
      'release-claim',
    ]);
    expect(actions?.every(({ reason }) => reason === 'host-draining')).toBe(true);
  });

  it.each([
    ['there is none', []],
    ['it is absent', [peer('b', { present: false })]],
    ['it refuses', [peer('b', { refusals: [{ pod: 'web', failures: [] }] })]],
  ])('keeps it when no other host can take it: %s', (_, others) => {
    const decision = plan(draining(others, settled(among([], [webPod()]))));
    expect(decision.slots.size).toBe(0);
    expect(decision.statuses.get(SLOT)).toMatchObject({
      phase: 'running',
      message: expect.stringContaining('no other host') as string,
    });
  });

  it('moves one slot of a pod at a time', () => {
    const world = draining([peer('b'), peer('c')], settled(among([], [webPod({ instances: 3 })])));
    const first = plan(world);
    expect([...first.slots.keys()]).toEqual(['web/0']);
    // Given up, and not taken by another host yet.
    expect(plan(carryOut(world, first.slots)).slots.size).toBe(0);
  });

  it('hands a slot of which two copies are allowed over while it serves', () => {
    const world = draining([peer('b')], settled(among([], [webPod({ exclusive: false })])));
    const handOver = plan(world);
    expect(handOver.slots.get(SLOT)?.actions).toMatchObject([
      { type: 'release-claim', reason: 'host-draining', session: 'session-b' },
    ]);
    const released = carryOut(world, handOver.slots);
    const waiting = plan(released);
    expect(waiting.slots.size).toBe(0);
    expect(waiting.health.get(SLOT)?.status).toBe('passing');
  });

  it('ends with its record', () => {
    const world = settled(among([], [webPod({ exclusive: false })]));
    const released = { ...world, claims: new Map([[SLOT, { epoch: 1 }]]) };
    expect(plan(draining([peer('b')], released)).slots.size).toBe(0);
    expect(plan(released).slots.get(SLOT)?.actions).toMatchObject([{ reason: 'claim-missing' }]);
  });
});

describe('a slot that was asked to move', () => {
  const move = { from: HOST, to: 'b', epoch: 1 };
  const asked = (world: Snapshot, peers: readonly PeerView[], request = move): Snapshot => ({
    ...world,
    fleet: { ...world.fleet, peers: [own(), ...peers], moves: new Map([[SLOT, request]]) },
  });

  it('is taken down and given up when it is exclusive', () => {
    const { slots } = plan(asked(settled(among([], [webPod()])), [peer('b'), peer('c')]));
    const actions = slots.get(SLOT)?.actions;
    expect(typesOf(actions).at(-1)).toBe('release-claim');
    expect(actions?.every(({ reason }) => reason === 'slot-moving')).toBe(true);
  });

  it('is handed over while it serves when two copies are allowed, and not taken back at once', () => {
    const world = asked(settled(among([], [webPod({ exclusive: false })])), [peer('b')]);
    const { slots } = plan(world);
    expect(slots.get(SLOT)?.actions).toMatchObject([{ type: 'release-claim', reason: 'slot-moving' }]);
    const released = carryOut(world, slots);
    const waiting = plan({ ...released, claims: new Map([[SLOT, { epoch: 1 }]]) });
    expect(waiting.slots.size).toBe(0);
    expect(waiting.health.get(SLOT)?.status).toBe('passing');
    expect(waiting.wakeAt).toBeGreaterThan(NOW);
    const taken = {
      ...released,
      claims: new Map([[SLOT, { epoch: 1 }]]),
      fleet: { ...released.fleet, moves: new Map() },
    };
    expect(plan(taken).slots.get(SLOT)?.actions).toMatchObject([{ reason: 'claim-missing' }]);
  });

  it.each([
    ['the host it should go to is absent', [peer('b', { present: false }), peer('c')], move],
    ['that host drains', [peer('b', { draining: true }), peer('c')], move],
    ['that host refuses it', [peer('b', { refusals: [{ pod: 'web', failures: [] }] }), peer('c')], move],
    ['that host is not known', [peer('c')], move],
  ])('stays while %s', (_, peers, request) => {
    const decision = plan(asked(settled(among([], [webPod()])), peers, request));
    expect(decision.slots.size).toBe(0);
    expect(decision.statuses.get(SLOT)?.message).toContain(
      'asked to move to b, but that host cannot take it',
    );
  });

  it.each([
    ['an earlier claim', { ...move, epoch: 0 }],
    ['another holder', { ...move, from: 'z' }],
    ['its own host', { ...move, to: HOST }],
  ])('is left alone when the record is about %s', (_, request) => {
    const decision = plan(asked(settled(among([], [webPod()])), [peer('b')], request));
    expect(decision.slots.size).toBe(0);
    expect(decision.statuses.get(SLOT)?.message).toBeUndefined();
  });
});

describe('a slot that was taken over by another host', () => {
  const takenOver = (exclusive: boolean, serving?: boolean, epoch = 2): Snapshot => {
    const world = settled(among([peer('b')], [inclined(100, { exclusive })]));
    const claims = new Map([[SLOT, { session: 'b', epoch: 2, host: 'b' }]]);
    const replacements = new Map(serving === undefined ? [] : [[SLOT, { epoch, serving }] as const]);
    return { ...world, claims, fleet: { ...world.fleet, replacements } };
  };

  it.each([
    ['says nothing yet', takenOver(false)],
    ['does not serve yet', takenOver(false, false)],
    ['served in an earlier life', takenOver(false, true, 1)],
  ])('goes on serving while the replacement %s', (_, world) => {
    const decision = plan(world);
    expect(decision.slots.size).toBe(0);
    expect(decision.health.get(SLOT)?.status).toBe('passing');
    expect(decision.wakeAt).toBe(NOW + 1_000);
  });

  it('goes when the replacement serves', () => {
    expect(typesOf(plan(takenOver(false, true)).slots.get(SLOT)?.actions)).toContain('stop-containers');
  });

  it('goes at once when there must not be two', () => {
    expect(typesOf(plan(takenOver(true, false)).slots.get(SLOT)?.actions)).toContain('stop-containers');
  });
});

describe('GPUs', () => {
  const gpu = (id: string, gib: number, vendor = 'nvidia'): object => ({
    id,
    vendor,
    model: 'NVIDIA A100',
    vramBytes: gib * 2 ** 30,
  });
  const withGpus = (world: Snapshot): Snapshot => ({
    ...world,
    host: {
      ...world.host,
      facts: factsOf(HOST, {
        gpus: [
          gpu('0000:0f:00.0', 80),
          gpu('0000:03:00.0', 16, 'amd'),
          gpu('0000:07:00.0', 40),
        ] as Snapshot['host']['facts']['gpus'],
      }),
    },
  });
  const pod = (name: string, gpus: object): Valid =>
    podView({ name, containers: [{ name: 'app', image: 'ai:1', resources: { gpus } }] });
  const given = (world: Snapshot, id: SlotId): unknown => {
    const action = plan(world)
      .slots.get(id)
      ?.actions.find(({ type }) => type === 'create-container');
    return action?.type === 'create-container' ? action.container.gpus : undefined;
  };

  it('are given as devices, the smallest that fits, by the number of the driver', () => {
    const world = withGpus(snapshotOf([pod('ai', { count: 1 })]));
    expect(given(world, 'ai/0')).toEqual([{ id: '0000:07:00.0', index: 0 }]);
    const large = withGpus(snapshotOf([pod('ai', { count: 1, minVram: '64Gi' })]));
    expect(given(large, 'ai/0')).toEqual([{ id: '0000:0f:00.0', index: 1 }]);
  });

  it('are never given twice, not within one plan either', () => {
    const world = withGpus(
      snapshotOf([pod('a', { count: 1 }), pod('b', { count: 1 }), pod('c', { count: 1 })]),
    );
    const decision = plan(world);
    expect([...decision.slots].map(([id, { gpus }]) => [id, gpus])).toEqual([
      ['a/0', ['0000:07:00.0']],
      ['b/0', ['0000:0f:00.0']],
    ]);
    expect(decision.verdicts).toMatchObject([{ pod: 'c', failures: [{ rule: 'gpus', actual: 0 }] }]);
    const later = carryOut(world, decision.slots);
    expect(plan(later).slots.size).toBe(0);
  });

  it('of work under way are taken', () => {
    const busy = new Map<SlotId, { hostPorts: []; gpus: string[] }>([
      ['x/0', { hostPorts: [], gpus: ['0000:07:00.0'] }],
    ]);
    const world = withGpus(snapshotOf([pod('ai', { count: 1 })], { busy }));
    expect(given(world, 'ai/0')).toEqual([{ id: '0000:0f:00.0', index: 1 }]);
  });

  it('stay with their slot when its container is made anew', () => {
    const world = withGpus(snapshotOf([pod('first', { count: 1 }), pod('ai', { count: 1 })]));
    const up = carryOut(world, plan(world).slots);
    const edited = podView({
      name: 'ai',
      containers: [{ name: 'app', image: 'ai:2', resources: { gpus: { count: 1 } } }],
    });
    const pods = new Map([...up.pods].map(([name, view]) => [name, name === 'ai' ? edited : view]));
    expect(given({ ...up, pods }, 'ai/0')).toEqual([{ id: '0000:0f:00.0', index: 1 }]);
  });
});

describe('the policy of a host', () => {
  const policy = { registries: ['ghcr.io'] };
  const withPolicy = (world: Snapshot): Snapshot => ({ ...world, host: { ...world.host, policy } });

  it('keeps what it does not allow from being taken, and says what', () => {
    const decision = plan(withPolicy(snapshotOf([webPod()])));
    expect(decision.slots.size).toBe(0);
    expect(decision.verdicts).toMatchObject([
      { failures: [{ rule: 'host-policy', required: 'docker.io', actual: ['ghcr.io'] }] },
    ]);
  });

  it('is reported for what runs, which is left alone', () => {
    const decision = plan(withPolicy(settled(snapshotOf([webPod()]))));
    expect(decision.slots.size).toBe(0);
    expect(decision.health.get(SLOT)?.status).toBe('passing');
    expect(decision.verdicts).toMatchObject([{ failures: [{ rule: 'host-policy' }] }]);
    expect(decision.statuses.get(SLOT)).toMatchObject({
      phase: 'running',
      message: expect.stringContaining('policy') as string,
    });
  });

  it('keeps an edit that it does not allow from replacing what runs', () => {
    const world = settled(snapshotOf([webPod({ containers: [{ name: 'app', image: 'ghcr.io/web:1' }] })]));
    const pods = new Map([['web', webPod()]]);
    expect(plan(withPolicy({ ...world, pods })).slots.size).toBe(0);
  });

  it('lets others have a slot of which nothing runs any more', () => {
    const world = settled(snapshotOf([webPod()]));
    const failures = new Map([
      [
        SLOT,
        {
          ...{ attempts: 1, retryAt: 0, retried: false },
          ...{ exhausted: false, code: 'X', message: '' },
          revision: webPod().revision,
        },
      ],
    ]);
    const containers = world.containers.map((container) => ({
      ...container,
      state: 'exited' as const,
      exitCode: 1,
    }));
    const { slots } = plan(withPolicy({ ...world, containers, failures }));
    expect(slots.get(SLOT)?.actions.at(-1)).toMatchObject({ type: 'release-claim', reason: 'host-policy' });
  });
});
