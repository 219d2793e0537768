import { describe, expect, it } from 'vitest';

import { plan } from '../src/index.js';
import { carryOut, podView, SESSION, snapshotOf, typesOf, webPod } from './world.js';

import type { PodView, Snapshot } from '../src/index.js';
import type { SlotId } from '@raftainer/pod-spec';

const SLOT: SlotId = 'web/0';

/** The world after a pod was brought up. */
function running(pod: PodView = webPod(), changes: Partial<Snapshot> = {}): Snapshot {
  const empty = snapshotOf([pod], changes);
  return carryOut(empty, plan(empty).slots);
}

function edited(world: Snapshot, pod: PodView & { readonly state: 'valid' }): Snapshot {
  return { ...world, pods: new Map([[pod.pod.name, pod]]) };
}

describe('a free slot', () => {
  it('is claimed before anything else, and registered last', () => {
    const decision = plan(snapshotOf([webPod()]));
    expect(typesOf(decision.slots.get(SLOT)?.actions)).toEqual([
      'acquire-claim',
      'ensure-image',
      'create-network',
      'create-container',
      'start-container',
      'register-service',
    ]);
    expect(decision.slots.get(SLOT)?.actions[0]?.reason).toBe('slot-free');
  });

  it('makes nothing more to do once it runs', () => {
    expect(plan(running()).slots.size).toBe(0);
    expect(plan(running()).statuses.get(SLOT)).toMatchObject({ phase: 'running', epoch: 1 });
    expect(plan(running()).health.get(SLOT)).toMatchObject({
      status: 'passing',
      checkIds: ['raftainer-web-0/health'],
    });
  });

  it('is not asked for again while a lost claim backs off', () => {
    const failure = {
      revision: webPod().revision,
      attempts: 1,
      retryAt: 1_005_000,
      retried: false,
      exhausted: false,
      code: 'X',
      message: '',
    };
    const decision = plan(snapshotOf([webPod()], { failures: new Map([[SLOT, failure]]) }));
    expect(decision.slots.size).toBe(0);
    expect(decision.wakeAt).toBe(1_005_000);
  });

  it('is refused, with the reason, once it used up its attempts', () => {
    const failure = {
      revision: webPod().revision,
      attempts: 11,
      retryAt: 9e9,
      retried: false,
      exhausted: true,
      code: 'X',
      message: 'it ended',
    };
    const decision = plan(snapshotOf([webPod()], { failures: new Map([[SLOT, failure]]) }));
    expect(decision).toMatchObject({ wakeAt: 9e9, verdicts: [{ pod: 'web', problems: [] }] });
    expect(decision.verdicts[0]?.failures).toMatchObject([
      {
        rule: 'restart-limit',
        required: 10,
        actual: 11,
        message: expect.stringContaining('it ended') as string,
      },
    ]);
  });

  it('is tried at once when the failure is of an older revision', () => {
    const failure = {
      revision: 'old',
      attempts: 9,
      retryAt: 9e9,
      retried: false,
      exhausted: true,
      code: 'X',
      message: '',
    };
    expect(plan(snapshotOf([webPod()], { failures: new Map([[SLOT, failure]]) })).slots.size).toBe(1);
  });

  it('that already runs here only gets its claim back', () => {
    const world = { ...running(), claims: new Map() };
    expect(plan(world).health.get(SLOT)?.status).toBe('passing');
    expect(typesOf(plan(world).slots.get(SLOT)?.actions)).toEqual(['acquire-claim']);
  });

  it('is refused with every reason', () => {
    const pod = webPod({
      constraints: [
        { attribute: 'labels.zone', operator: '=', value: 'b' },
        { attribute: 'cpu.cores', operator: '>', value: 64 },
      ],
      containers: [{ name: 'app', image: 'web:1', resources: { memory: '64Gi' } }],
    });
    const [verdict] = plan(snapshotOf([pod])).verdicts;
    expect(verdict?.pod).toBe('web');
    expect(verdict?.failures).toHaveLength(3);
  });
});

describe('a slot held elsewhere', () => {
  const claims = new Map([[SLOT, { session: 'other', epoch: 3, host: 'host-b' }]]);

  it('is not touched', () => {
    expect(plan(snapshotOf([webPod()], { claims })).slots.size).toBe(0);
  });

  it('loses what of it is still here, but not its claim', () => {
    const actions = plan({ ...running(), claims }).slots.get(SLOT)?.actions;
    expect(typesOf(actions)).toEqual([
      'deregister-service',
      'stop-containers',
      'remove-container',
      'remove-network',
    ]);
    expect(actions?.[0]?.reason).toBe('claim-held-elsewhere');
  });

  it('by an earlier session of this very host is waited for', () => {
    const own = new Map([[SLOT, { session: 'old', epoch: 3, host: 'host-a' }]]);
    expect(plan({ ...running(), claims: own }).slots.size).toBe(0);
  });
});

describe('an edit', () => {
  const two = (image: string, sidecar = 'side:1'): object => ({
    containers: [
      { name: 'app', image },
      { name: 'side', image: sidecar, role: 'sidecar' },
    ],
  });

  it('replaces only the container that changed, with its image there first', () => {
    const world = running(webPod(two('web:1')));
    const actions = plan(edited(world, webPod(two('web:2')))).slots.get(SLOT)?.actions ?? [];
    expect(typesOf(actions)).toEqual([
      'ensure-image',
      'deregister-service',
      'stop-containers',
      'remove-container',
      'create-container',
      'start-container',
      'register-service',
      'update-claim',
    ]);
    const stop = actions.find((action) => action.type === 'stop-containers');
    expect(stop?.containers).toHaveLength(1);
    expect(stop?.containers[0]?.name).toContain('-app-');
  });

  it('leaves the slot in service until its container makes way', () => {
    const world = edited(running(), webPod({ containers: [{ name: 'app', image: 'web:2' }] }));
    expect(plan(world).health.get(SLOT)).toMatchObject({ status: 'passing' });
    const stopped = world.containers.map((container) => ({ ...container, state: 'exited' as const }));
    expect(plan({ ...world, containers: stopped }).health.get(SLOT)).toMatchObject({ status: 'critical' });
  });

  it('is not what a changing fact of the host amounts to', () => {
    const onFact = (fact: string): ReturnType<typeof webPod> =>
      webPod({ containers: [{ name: 'app', image: 'web:1', environment: { FACT: { host: fact } } }] });
    const withFreeBytes = (world: Snapshot, freeBytes: number): Snapshot => {
      const disk = { ...world.host.facts.disk, freeBytes };
      return { ...world, host: { ...world.host, facts: { ...world.host.facts, disk } } };
    };
    const empty = withFreeBytes(snapshotOf([onFact('disk.freeBytes')]), 5);
    const world = carryOut(empty, plan(empty).slots);
    expect(plan(withFreeBytes(world, 4)).slots.size).toBe(0);
    expect(typesOf(plan(edited(world, onFact('cpu.cores'))).slots.get(SLOT)?.actions)).toContain(
      'create-container',
    );
  });

  it('to a host port that is taken disturbs nothing, and says who has it', () => {
    const onPort = (name: string, hostPort: number): ReturnType<typeof podView> =>
      podView({
        name,
        containers: [
          { name: 'app', image: 'web:1', ports: [{ containerPort: 80, publish: 'external', hostPort }] },
        ],
      });
    const one = running(onPort('web', 8_080));
    const both = { ...one, pods: new Map([...one.pods, ['api', onPort('api', 8_081)]]) };
    const world = carryOut(both, plan(both).slots);
    const taken = { ...world, pods: new Map([...world.pods, ['web', onPort('web', 8_081)]]) };
    expect(plan(taken).slots.size).toBe(0);
    expect(plan(taken).statuses.get(SLOT)?.message).toContain('8081/tcp is in use by api/0');
    const strangers = [{ address: '0.0.0.0', port: 9_090, protocol: 'tcp' as const }];
    const occupied = { ...edited(one, onPort('web', 9_090)), listening: strangers };
    expect(plan(occupied).slots.size).toBe(0);
    expect(plan(occupied).statuses.get(SLOT)?.message).toContain('9090/tcp is in use by another process');
    expect(plan({ ...occupied, listening: [] }).slots.size).toBe(1);
  });

  it('of a sidecar leaves the slot in discovery', () => {
    const world = running(webPod(two('web:1')));
    const actions = plan(edited(world, webPod(two('web:1', 'side:2')))).slots.get(SLOT)?.actions;
    expect(typesOf(actions)).not.toContain('deregister-service');
    expect(typesOf(actions)).toContain('stop-containers');
  });

  it('of what no container depends on restarts nothing', () => {
    const world = running();
    const actions = plan(
      edited(world, webPod({ stopGracePeriod: '42s', instances: 1, restart: { attempts: 3 } })),
    ).slots.get(SLOT)?.actions;
    expect(typesOf(actions)).toEqual(['register-service', 'update-claim']);
  });

  it('drops containers that the definition no longer has', () => {
    const world = running(webPod(two('web:1')));
    const actions = plan(edited(world, webPod())).slots.get(SLOT)?.actions ?? [];
    const removed = actions.filter((action) => action.type === 'remove-container');
    expect(removed.map((action) => action.name)).toEqual([expect.stringContaining('-side-')]);
    expect(removed[0]?.reason).toBe('container-dropped');
  });

  it('takes an image that moved under its tag', () => {
    const world = running();
    const images = new Map([['web:1', 'sha256:another']]);
    expect(plan({ ...world, images }).slots.size).toBe(0);
    const change = edited({ ...world, images }, webPod({ stopGracePeriod: '42s' }));
    expect(plan(change).slots.get(SLOT)?.actions[0]?.reason).toBe('image-changed');
  });

  it('disturbs one slot of a pod at a time, and none while a new one is unwell', () => {
    const world = running(webPod({ instances: 3 }));
    const change = edited(world, webPod({ instances: 3, containers: [{ name: 'app', image: 'web:2' }] }));
    const first = plan(change);
    expect([...first.slots.keys()]).toEqual(['web/0']);
    const half = carryOut(change, first.slots);
    expect([...plan(half).slots.keys()]).toEqual(['web/1']);
    const unwell = {
      ...half,
      containers: half.containers.map((c) =>
        c.slot.index === 0 ? { ...c, health: 'unhealthy' as const } : c,
      ),
    };
    expect(plan(unwell).slots.size).toBe(0);
    expect(plan(unwell).statuses.get('web/1')?.message).toMatch(/waits/);
  });

  it('keeps the dynamic port of the container it replaces', () => {
    const ports = [{ name: 'http', containerPort: 80, publish: 'internal' }];
    const world = running(webPod({ containers: [{ name: 'app', image: 'web:1', ports }] }));
    const before = world.containers[0]?.hostPorts['80/tcp'];
    const change = edited(world, webPod({ containers: [{ name: 'app', image: 'web:2', ports }] }));
    const create = plan(change)
      .slots.get(SLOT)
      ?.actions.find((action) => action.type === 'create-container');
    expect(create?.container.ports[0]?.hostPort).toBe(before);
  });

  it('while work is under way calls that work off', () => {
    const busy = new Map([[SLOT, { revision: 'old', hostPorts: [], gpus: [] }]]);
    const decision = plan(snapshotOf([webPod()], { busy }));
    expect(decision.cancel).toEqual([SLOT]);
    expect(decision.slots.size).toBe(0);
  });
});

describe('a dead container', () => {
  const dead = (world: Snapshot): Snapshot => ({
    ...world,
    containers: world.containers.map((container) => ({
      ...container,
      state: 'exited' as const,
      exitCode: 7,
    })),
  });
  const failure = {
    revision: webPod().revision,
    attempts: 1,
    retryAt: 1_001_000,
    retried: false,
    exhausted: false,
    code: 'X',
    message: 'it ended',
  };

  it('is reported first, and not restarted at once', () => {
    const decision = plan(dead(running()));
    expect(decision.slots.size).toBe(0);
    expect(decision.deaths).toMatchObject([
      { slot: SLOT, container: 'app', message: 'container app ended with exit code 7' },
    ]);
    expect(decision.health.get(SLOT)?.status).toBe('critical');
  });

  it('waits for its time', () => {
    const decision = plan({ ...dead(running()), failures: new Map([[SLOT, failure]]) });
    expect(decision).toMatchObject({ deaths: [], wakeAt: 1_001_000 });
    expect(decision.statuses.get(SLOT)).toMatchObject({ phase: 'backoff', message: 'it ended' });
  });

  it('is started again when its time has come', () => {
    const decision = plan({ ...dead(running()), now: 1_001_000, failures: new Map([[SLOT, failure]]) });
    expect(typesOf(decision.slots.get(SLOT)?.actions)).toEqual(['start-container']);
  });

  it('that died again after a retry is a new death', () => {
    const decision = plan({ ...dead(running()), failures: new Map([[SLOT, { ...failure, retried: true }]]) });
    expect(decision.deaths).toHaveLength(1);
  });

  it('that used up its attempts is given up for others', () => {
    const decision = plan({
      ...dead(running()),
      failures: new Map([[SLOT, { ...failure, exhausted: true, retryAt: 9e9 }]]),
    });
    const actions = decision.slots.get(SLOT)?.actions;
    expect(typesOf(actions).at(-1)).toBe('release-claim');
    expect(actions?.[0]?.reason).toBe('restart-limit');
    expect(decision.statuses.get(SLOT)?.phase).toBe('failed');
  });

  it('leaves its siblings alone', () => {
    const pod = webPod({
      containers: [
        { name: 'app', image: 'web:1' },
        { name: 'other', image: 'other:1' },
      ],
    });
    const world = running(pod);
    const half = {
      ...world,
      containers: world.containers.map((c) =>
        c.container === 'app' ? { ...c, state: 'exited' as const, exitCode: 1 } : c,
      ),
    };
    const due = { ...failure, revision: pod.revision, retryAt: 0 };
    const actions = plan({ ...half, failures: new Map([[SLOT, due]]) }).slots.get(SLOT)?.actions;
    expect(typesOf(actions)).toEqual(['start-container']);
  });
});

describe('startup containers', () => {
  const pod = webPod({
    containers: [
      { name: 'app', image: 'web:1' },
      { name: 'migrate', image: 'migrate:1', role: 'startup' },
    ],
  });

  it('run first and are awaited', () => {
    const actions = plan(snapshotOf([pod])).slots.get(SLOT)?.actions ?? [];
    const steps = actions.map((action) =>
      action.type === 'create-container' ? `create ${action.container.container}` : action.type,
    );
    expect(steps.slice(4)).toEqual([
      'create migrate',
      'start-container',
      'await-container',
      'create app',
      'start-container',
      'register-service',
    ]);
  });

  it('that someone pruned are not run again under a running pod', () => {
    const world = running(pod);
    const pruned = {
      ...world,
      containers: world.containers.filter((container) => container.container !== 'migrate'),
    };
    expect(plan(pruned).slots.size).toBe(0);
  });

  it('that failed are run anew, after the delay', () => {
    const world = running(pod);
    const failed = {
      ...world,
      containers: world.containers.filter((c) => c.role === 'startup').map((c) => ({ ...c, exitCode: 1 })),
    };
    expect(plan(failed).deaths).toHaveLength(1);
  });
});

describe('removal', () => {
  it('of the definition takes everything down and forgets the claim', () => {
    const world = { ...running(), pods: new Map() };
    const actions = plan(world).slots.get(SLOT)?.actions ?? [];
    expect(typesOf(actions)).toEqual([
      'deregister-service',
      'stop-containers',
      'remove-container',
      'remove-network',
      'release-claim',
    ]);
    expect(actions.at(-1)).toMatchObject({ session: SESSION, forget: true, reason: 'pod-removed' });
    expect(plan(carryOut(world, plan(world).slots)).slots.size).toBe(0);
  });

  it('still gives the containers the time that the definition gave them', () => {
    const world = { ...running(webPod({ stopGracePeriod: '3s' })), pods: new Map() };
    const stop = plan(world)
      .slots.get(SLOT)
      ?.actions.find((action) => action.type === 'stop-containers');
    expect(stop?.containers[0]?.gracePeriodMs).toBe(3_000);
  });

  it('of instances keeps the claim record', () => {
    const world = edited(running(webPod({ instances: 2 })), webPod({ instances: 1 }));
    const decision = plan(world);
    expect([...decision.slots.keys()]).toEqual(['web/1']);
    expect(decision.slots.get('web/1')?.actions.at(-1)).toMatchObject({
      session: SESSION,
      forget: false,
      reason: 'scaled-down',
    });
  });

  it('does not happen to a malformed definition; what serves goes on serving', () => {
    const world = {
      ...running(),
      pods: new Map<string, PodView>([['web', { state: 'invalid', problems: ['bad'] }]]),
    };
    const decision = plan(world);
    expect(decision.slots.size).toBe(0);
    expect(decision.health.get(SLOT)?.status).toBe('passing');
    expect(decision.verdicts).toEqual([{ pod: 'web', failures: [], problems: ['bad'] }]);
  });

  it('does not happen while it is in doubt whether anybody removed the definition', () => {
    const decision = plan({ ...running(), pods: new Map(), definitionsInDoubt: true });
    expect(decision.slots.size).toBe(0);
    expect(decision.health.get(SLOT)?.status).toBe('passing');
  });

  it('happens to everything when the agent stops its pods', () => {
    const decision = plan({ ...running(), stopping: true });
    expect(decision.slots.get(SLOT)?.actions.at(-1)).toMatchObject({
      type: 'release-claim',
      reason: 'agent-stopping',
      forget: false,
    });
  });
});

describe('what the host lends', () => {
  const withPort = (name: string, hostPort?: number): PodView =>
    webPod({
      name,
      containers: [
        { name: 'app', image: 'web:1', ports: [{ containerPort: 80, publish: 'external', hostPort }] },
      ],
    });

  it('gives every slot its own subnet and port', () => {
    const pods = Array.from({ length: 50 }, (_, i) => withPort(`p${i}`));
    const actions = [...plan(snapshotOf(pods)).slots.values()];
    expect(new Set(actions.map((slot) => slot.subnet)).size).toBe(50);
    expect(new Set(actions.flatMap((slot) => slot.hostPorts)).size).toBe(50);
  });

  it('refuses a port that another process has, naming it', () => {
    const listening = [{ address: '127.0.0.1', port: 8080, protocol: 'tcp' as const }];
    const decision = plan(snapshotOf([withPort('web', 8080)], { listening }));
    expect(decision.slots.size).toBe(0);
    expect(decision.verdicts[0]?.failures[0]?.message).toMatch(/8080\/tcp is in use by another process/);
  });

  it('refuses a second slot with the same port', () => {
    const decision = plan(snapshotOf([withPort('a', 8080), withPort('b', 8080)]));
    expect([...decision.slots.keys()]).toEqual(['a/0']);
    expect(decision.verdicts[0]?.failures[0]?.actual).toBe('a/0');
  });

  it('does not hand out more memory than there is', () => {
    const pod = webPod({
      instances: 5,
      containers: [{ name: 'app', image: 'web:1', resources: { memory: '3Gi' } }],
    });
    const decision = plan(snapshotOf([pod]));
    expect(decision.slots.size).toBe(2);
    expect(decision.verdicts[0]?.failures.length).toBeGreaterThan(0);
  });

  it('avoids subnets that the host routes or Docker has', () => {
    const routes = ['10.213.0.0/17'];
    const networks = [{ id: 'n', name: 'n', subnets: ['10.213.128.0/18'] }];
    const subnet = plan(snapshotOf([webPod()], { routes, networks })).slots.get(SLOT)?.subnet ?? '';
    expect(Number(subnet.split('.')[2])).toBeGreaterThanOrEqual(192);
  });

  it('says so when no subnet is left', () => {
    const decision = plan(snapshotOf([webPod()], { routes: ['10.213.0.0/16'] }));
    expect(decision.verdicts[0]?.failures[0]?.message).toMatch(/no free subnet/);
  });
});

it('refuses what it does not support yet rather than ignoring it', () => {
  const decision = plan(
    snapshotOf([webPod({ kind: 'job' }), webPod({ name: 'rolling', update: { strategy: 'stop-first' } })]),
  );
  expect(decision.slots.size).toBe(0);
  expect(decision.verdicts.flatMap((verdict) => verdict.problems)).toEqual([
    'update: not supported yet',
    'kind: job and kind: periodic: not supported yet',
  ]);
});

it('refuses credentials for a registry, and says what to do instead', () => {
  const registry = { vault: { path: 'secret/registry' } };
  const withRegistry = webPod({ containers: [{ name: 'app', image: 'web:1', registry }] });
  const decision = plan(snapshotOf([withRegistry]));
  expect(decision.slots.size).toBe(0);
  expect(decision.verdicts.flatMap((verdict) => verdict.problems)).toEqual([
    expect.stringMatching(
      /^containers\[\]\.registry: not supported yet; .*pull the image on the hosts by hand/,
    ),
  ]);
});

it('refuses a pod whose service names another pod had first', () => {
  const port = (name: string): object => ({ name, containerPort: 80, publish: 'internal' });
  const named = (name: string, portName: string): ReturnType<typeof webPod> =>
    webPod({ name, containers: [{ name: 'app', image: 'web:1', ports: [port(portName)] }] });
  const first = named('web', 'http');
  const decision = plan(
    snapshotOf([first, webPod({ name: 'web-http' }), named('a', 'b-c'), named('a-b', 'c')]),
  );
  expect([...decision.slots.keys()]).toEqual(['web/0', 'a/0']);
  expect(decision.verdicts.map(({ pod, problems }) => [pod, problems[0]])).toEqual([
    ['a-b', expect.stringContaining('"a-b-c" belongs to pod "a"')],
    ['web-http', expect.stringContaining('"web-http" belongs to pod "web"')],
  ]);
});

it('keeps the volumes of slots apart whatever their names', () => {
  const withVolume = (name: string, volume: string, instances: number): ReturnType<typeof webPod> =>
    webPod({
      name,
      instances,
      volumes: [{ name: volume }],
      containers: [{ name: 'app', image: 'web:1', volumes: [{ volume, mountPath: '/data' }] }],
    });
  const { slots } = plan(snapshotOf([withVolume('a', 'x0-data', 2), withVolume('a-1-x0', 'data', 1)]));
  const sources = [...slots.values()].flatMap(({ actions }) =>
    actions.flatMap((action) =>
      action.type === 'create-container'
        ? action.container.mounts.flatMap((mount) => (mount.type === 'volume' ? [mount.source] : []))
        : [],
    ),
  );
  expect(new Set(sources).size).toBe(3);
});

it('gives a pod of many containers a network that holds them', () => {
  const containers = Array.from({ length: 20 }, (_, i) => ({ name: `c${i}`, image: 'web:1' }));
  expect(plan(snapshotOf([webPod({ containers })])).slots.get(SLOT)?.subnet).toMatch(/\/27$/);
  expect(plan(snapshotOf([webPod()])).slots.get(SLOT)?.subnet).toMatch(/\/28$/);
});

it('does not take down what runs because a fact moves', () => {
  const pod = webPod({ constraints: [{ attribute: 'disk.freeBytes', operator: '>', value: '50Gi' }] });
  const withFree = (freeBytes: number): Partial<Snapshot> => {
    const { host } = snapshotOf([]);
    const facts = { ...host.facts, disk: { ...host.facts.disk, freeBytes } };
    return { host: { ...host, facts } };
  };
  const world = running(pod, withFree(60 * 2 ** 30));
  expect(world.containers).toHaveLength(1);
  expect(plan({ ...world, ...withFree(1) }).slots.size).toBe(0);
  expect(plan(snapshotOf([pod], withFree(1))).slots.size).toBe(0);
});

it('binds internal ports to the secure address and external ones to all', () => {
  const ports = [
    { name: 'in', containerPort: 80, publish: 'internal' },
    { name: 'out', containerPort: 81, publish: 'external' },
    { name: 'none', containerPort: 82, publish: 'none' },
  ];
  const actions =
    plan(snapshotOf([webPod({ containers: [{ name: 'app', image: 'web:1', ports }] })])).slots.get(SLOT)
      ?.actions ?? [];
  const create = actions.find((action) => action.type === 'create-container');
  expect(create?.container.ports.map((port) => port.hostIp)).toEqual(['10.0.0.1', '0.0.0.0']);
  const services = actions
    .filter((action) => action.type === 'register-service')
    .map(({ service }) => service);
  expect(services.map((service) => service.name)).toEqual(['web', 'web-in', 'web-out']);
  expect(services.map((service) => service.address)).toEqual(['10.0.0.2', '10.0.0.2', '10.0.0.2']);
});

it('marks everything with the host, so that others are never touched', () => {
  const actions = plan(snapshotOf([webPod()])).slots.get(SLOT)?.actions ?? [];
  const create = actions.find((action) => action.type === 'create-container');
  expect(create?.container.labels).toMatchObject({
    'raftainer.host': 'host-a',
    'raftainer.pod': 'web',
    'raftainer.index': '0',
  });
  expect(SESSION).toBe('session-a');
});
