import { describe, expect, it } from 'vitest';

import { plan } from '../src/index.js';
import { carryOut, HOST, SESSION, snapshotOf, typesOf, webPod } from './world.js';

import type { ClaimView, FailureView, PodView, RelativeView, Snapshot } from '../src/index.js';
import type { SlotId } from '@raftainer/pod-spec';

const NOW = 1_000_000;
const LONG_AGO = NOW - 60_000;
const OTHER = 'session-of-another';

type ValidPod = PodView & { readonly state: 'valid' };

const check = (port: number): object => ({ type: 'http', port, path: '/' });
const containers = (image: string, port = 80): readonly object[] => [
  { name: 'app', image, healthCheck: check(port) },
];
const before = webPod({ instances: 4, containers: containers('web:1') });
const after = webPod({ instances: 4, containers: containers('web:2') });

/** This host runs slots 1 and 3 of the pod, another one runs 0 and 2; all are well. */
function spread(pod: ValidPod = before): Snapshot {
  const others: readonly SlotId[] = ['web/0', 'web/2'];
  const claims = new Map(
    others.map((id) => [id, { session: OTHER, epoch: 1, host: 'host-b', revision: pod.revision }] as const),
  );
  const world = snapshotOf([pod], { claims, now: NOW });
  const running = carryOut(world, plan(world).slots);
  return carryOut(running, plan(running).slots);
}

interface Edit {
  readonly to?: ValidPod;
  /** Revisions of all slots, by index; default: those of before. */
  readonly revisions?: readonly string[];
  /** Since when each is well; undefined: it is not. Default: long ago. */
  readonly well?: readonly (number | undefined)[];
}

/** The pod is edited, and some slots have the new revision already. */
function edited({ to = after, revisions = [], well = [] }: Edit, world = spread()): Snapshot {
  const ids: readonly SlotId[] = ['web/0', 'web/1', 'web/2', 'web/3'];
  const claims = new Map(world.claims);
  const relatives = new Map<SlotId, RelativeView>();
  for (const [index, id] of ids.entries()) {
    const claim = claims.get(id);
    if (claim === undefined) throw new Error(`Nobody holds ${id}.`);
    const revision = revisions[index] ?? before.revision;
    claims.set(id, { ...claim, revision });
    const wellSince = index in well ? well[index] : LONG_AGO;
    relatives.set(id, { epoch: claim.epoch, revision, ...(wellSince === undefined ? {} : { wellSince }) });
  }
  const pods = new Map([['web', to]]);
  return { ...world, pods, claims, fleet: { ...world.fleet, relatives } };
}

/** The slots of this host of which a running container makes way. */
function disturbed(snapshot: Snapshot): readonly SlotId[] {
  const { slots } = plan(snapshot);
  return [...slots].flatMap(([id, { actions }]) =>
    typesOf(actions).includes('stop-containers') ? [id] : [],
  );
}

const message = (snapshot: Snapshot, id: SlotId): string | undefined =>
  plan(snapshot).statuses.get(id)?.message;

describe('the world of these tests', () => {
  it('has two of four slots here, at rest', () => {
    const world = spread();
    expect([...world.claims.values()].filter(({ session }) => session === SESSION)).toHaveLength(2);
    expect(world.containers.map(({ state }) => state)).toEqual(['running', 'running']);
    expect(plan(edited({ to: before }, world)).slots.size).toBe(0);
    expect(world.host.name).toBe(HOST);
  });
});

describe('an edit of a pod on several hosts', () => {
  it('begins with the lowest slot, wherever that runs', () => {
    expect(disturbed(edited({}))).toEqual([]);
    expect(message(edited({}), 'web/1')).toBe('waits for another slot of the pod to be updated: web/0');
    expect(plan(edited({})).wakeAt).toBe(NOW + 1_000);
  });

  it('goes on when the slot before has been well with it for a while', () => {
    const revisions = [after.revision];
    expect(disturbed(edited({ revisions, well: [NOW - 9_999] }))).toEqual([]);
    expect(disturbed(edited({ revisions, well: [NOW - 10_000] }))).toEqual(['web/1']);
  });

  it('stops where the new revision is not well, on whatever host', () => {
    const revisions = [after.revision];
    const stopped = edited({ revisions, well: [undefined] });
    expect(disturbed(stopped)).toEqual([]);
    expect(message(stopped, 'web/3')).toContain('web/0, which was updated, to be well');
  });

  it('does not believe what was said under another claim, or of another revision', () => {
    const ready = edited({ revisions: [after.revision] });
    const said = ready.fleet.relatives?.get('web/0');
    for (const stale of [{ epoch: 0 }, { revision: before.revision }]) {
      const relatives = new Map(ready.fleet.relatives);
      relatives.set('web/0', { epoch: 1, revision: after.revision, ...said, ...stale });
      expect(disturbed({ ...ready, fleet: { ...ready.fleet, relatives } })).toEqual([]);
    }
  });

  it('waits for those that do not serve, its own too until it has said that it does', () => {
    expect(disturbed(edited({ well: [LONG_AGO, LONG_AGO, undefined] }))).toEqual([]);
    const first = { revisions: [after.revision] };
    expect(disturbed(edited({ ...first, well: [LONG_AGO, undefined] }))).toEqual([]);
    expect(message(edited({ ...first, well: [LONG_AGO, LONG_AGO, undefined] }), 'web/1')).toMatch(/web\/2/);
  });

  it('replaces what does not serve although a relative is unwell', () => {
    const world = spread();
    const sick = world.containers.map((container) =>
      container.slot.index === 3 ? { ...container, health: 'unhealthy' as const } : container,
    );
    const revisions = [after.revision];
    expect(disturbed(edited({ revisions, well: [undefined] }, { ...world, containers: sick }))).toEqual([
      'web/3',
    ]);
  });

  it('waits for a slot that was just given up, and not for one that nobody has run for long', () => {
    const open = edited({ revisions: [after.revision] });
    const claims = new Map(open.claims).set('web/2', { epoch: 1 });
    const free = (since: number): Snapshot => ({
      ...open,
      claims,
      fleet: { ...open.fleet, freeSince: new Map([['web/2', since]]) },
    });
    expect(disturbed(free(NOW - 1_000))).toEqual([]);
    expect(disturbed(free(NOW - 400_000))).toEqual(['web/1']);
  });
});

describe('an edit of a system pod', () => {
  const system = (image: string): ValidPod => webPod({ kind: 'system', containers: containers(image) });
  const wanted = system('web:2');

  /** This host runs slot 2, others 0 and 1, of which so many have been updated. */
  function onThreeHosts(updated: number): Snapshot {
    const old = system('web:1');
    const ids: readonly SlotId[] = ['web/0', 'web/1', 'web/2'];
    const claimsWith = (count: number): ReadonlyMap<SlotId, ClaimView> =>
      new Map(
        ids.map((id, index) => {
          const holder = index === 2 ? { session: SESSION, host: HOST } : { session: OTHER, host: 'host-b' };
          return [id, { ...holder, epoch: 1, revision: index < count ? wanted.revision : old.revision }];
        }),
      );
    const empty = snapshotOf([old], { claims: claimsWith(0), now: NOW });
    const world = carryOut(empty, plan(empty).slots);
    const claims = claimsWith(updated);
    const relatives = new Map(
      [...claims].map(([id, { epoch, revision = '' }]) => [id, { epoch, revision, wellSince: LONG_AGO }]),
    );
    return { ...world, pods: new Map([['web', wanted]]), claims, fleet: { ...world.fleet, relatives } };
  }

  it('goes from host to host, although the definition does not say how many slots there are', () => {
    expect(disturbed(onThreeHosts(0))).toEqual([]);
    expect(disturbed(onThreeHosts(1))).toEqual([]);
    expect(disturbed(onThreeHosts(2))).toEqual(['web/2']);
  });
});

it('an edit of a pod of one slot waits for nobody, although nothing is published of it', () => {
  const alone = (image: string): ValidPod => webPod({ containers: containers(image) });
  const first = snapshotOf([alone('web:1')], { now: NOW });
  const running = carryOut(first, plan(first).slots);
  const pods = new Map([['web', alone('web:2')]]);
  expect(disturbed({ ...running, pods, fleet: { ...running.fleet, relatives: new Map() } })).toEqual([
    'web/0',
  ]);
});

describe('an edit that cannot be prepared', () => {
  const failure = {
    revision: after.revision,
    attempts: 12,
    retryAt: NOW + 300_000,
    retried: false,
    exhausted: true,
    code: 'DOCKER_IMAGE_NOT_FOUND',
    message: 'there is no image web:2',
  };
  const failed = (changes: object = {}): Snapshot => ({
    ...edited({ revisions: [after.revision] }),
    failures: new Map([['web/1', { ...failure, ...changes }]]),
  });

  it.each([{ exhausted: true }, { exhausted: false }])('leaves what runs, and says so (%j)', (state) => {
    const decision = plan(failed(state));
    expect(decision.slots.size).toBe(0);
    expect(decision.health.get('web/1')?.status).toBe('passing');
    const status = decision.statuses.get('web/1');
    expect(status?.phase).toBe('running');
    expect(status?.message).toBe(
      'the edit could not be made, and what ran before it runs on: there is no image web:2',
    );
    expect(status?.reason).toBe('DOCKER_IMAGE_NOT_FOUND');
  });

  it('leaves what still runs of a slot that lost one of its containers', () => {
    const two = (image: string): ValidPod =>
      webPod({ containers: [...containers(image), { name: 'side', image, role: 'sidecar' }] });
    const empty = snapshotOf([two('web:1')], { now: NOW });
    const world = carryOut(empty, plan(empty).slots);
    const halved = world.containers.map((one) =>
      one.container === 'side' ? { ...one, state: 'exited' as const, exitCode: 1 } : one,
    );
    const pods = new Map([['web', two('web:2')]]);
    const failures = new Map<SlotId, FailureView>([
      ['web/0', { ...failure, revision: two('web:2').revision }],
    ]);
    expect(plan({ ...world, pods, containers: halved, failures }).slots.size).toBe(0);
  });

  it('gives the slot up when nothing of it serves any more', () => {
    const world = failed();
    const decision = plan({
      ...world,
      containers: world.containers.filter(({ slot }) => slot.index !== 1),
    });
    expect(typesOf(decision.slots.get('web/1')?.actions).at(-1)).toBe('release-claim');
  });
});

describe('a slot that is edited and lost its claim', () => {
  it('is taken again as what it runs, and not as what it is to become', () => {
    const world = edited({});
    const claims = new Map(world.claims).set('web/1', { epoch: 1, revision: before.revision });
    const [acquire] = plan({ ...world, claims }).slots.get('web/1')?.actions ?? [];
    expect(acquire).toMatchObject({ type: 'acquire-claim', revision: before.revision });
  });
});

describe('constraints that are edited', () => {
  const elsewhere = webPod({
    instances: 4,
    containers: containers('web:1'),
    constraints: [{ attribute: 'region', operator: '=', value: 'moon' }],
  });

  it('take nothing down that no other host could run', () => {
    const world = edited({ to: elsewhere });
    expect(plan(world).slots.size).toBe(0);
    expect(message(world, 'web/1')).toContain('no other host can take the slot, so it stays');
  });
});

describe('a health check that is edited', () => {
  const wrong = webPod({ instances: 4, containers: containers('web:1', 81) });

  it('is a new container, in its turn', () => {
    const world = edited({ to: wrong, revisions: [wrong.revision] });
    expect(disturbed(world)).toEqual(['web/1']);
  });

  it('changes nothing about containers of which no check was noted', () => {
    const world = edited({ to: wrong, revisions: [wrong.revision] });
    const bare = world.containers.map(({ check: _, ...container }) => container);
    expect(disturbed({ ...world, containers: bare })).toEqual([]);
    // But they are judged by it from then on: one slot at a time.
    expect([...plan({ ...world, containers: bare }).slots.keys()]).toEqual(['web/1']);
    const early = edited({ to: wrong });
    expect(plan({ ...early, containers: bare }).slots.size).toBe(0);
  });
});
