import { parsePod, revisionOf } from '@raftainer/pod-spec';

import { readProbeCheck, SERVICE_META } from '../src/index.js';

import type { Action, ContainerView, PodView, Snapshot } from '../src/index.js';
import type { SlotId } from '@raftainer/pod-spec';

export const HOST = 'host-a';
export const SESSION = 'session-a';

let definitions = 0;

/** A definition as the observer would hand it over. */
export function podView(input: object): PodView & { readonly state: 'valid' } {
  const result = parsePod(input);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  definitions += 1;
  return { state: 'valid', pod: result.pod, revision: revisionOf(result.pod), definedAt: definitions };
}

/** The smallest pod. */
export function webPod(changes: object = {}): PodView & { readonly state: 'valid' } {
  return podView({ name: 'web', containers: [{ name: 'app', image: 'web:1' }], ...changes });
}

/** A snapshot of an empty host, with changes. */
export function snapshotOf(pods: readonly PodView[], changes: Partial<Snapshot> = {}): Snapshot {
  const named = pods.flatMap((view) => (view.state === 'valid' ? [[view.pod.name, view] as const] : []));
  return {
    now: 1_000_000,
    host: {
      name: HOST,
      region: 'eu-1',
      facts: {
        hostname: HOST,
        cpu: { cores: 4, architecture: 'amd64' },
        memory: { totalBytes: 8 * 2 ** 30 },
        disk: { totalBytes: 100 * 2 ** 30 },
        os: { platform: 'linux' },
        kernel: { version: '6.1.0' },
        region: 'eu-1',
        labels: { zone: 'a' },
        gpus: [],
      },
      secureIp: '10.0.0.1',
      internalIp: '10.0.0.2',
      portRange: { from: 20_000, to: 20_099 },
      podSubnets: { range: '10.213.0.0/16', prefixLength: 28 },
    },
    sessions: { exclusive: SESSION, shared: 'session-b' },
    fleet: { peers: [], freeSince: new Map(), claimStepMs: 1_000, lockDelayMs: 0, replacements: new Map() },
    stopping: false,
    pods: new Map(named),
    definitionsInDoubt: false,
    claims: new Map(),
    containers: [],
    networks: [],
    services: [],
    busy: new Map(),
    failures: new Map(),
    teardownFailures: new Map(),
    secrets: new Map(),
    listening: [],
    routes: [],
    images: new Map(),
    ...changes,
  };
}

/** Types of the actions, in order. */
export function typesOf(actions: readonly Action[] | undefined): readonly string[] {
  return (actions ?? []).map((action) => action.type);
}

/** What the world looks like after all these actions went well. */
export function afterwards(snapshot: Snapshot, id: SlotId, actions: readonly Action[]): Snapshot {
  return actions.reduce((world, action) => apply(world, id, action), snapshot);
}

function apply(world: Snapshot, id: SlotId, action: Action): Snapshot {
  const slash = id.lastIndexOf('/');
  const slot = { pod: id.slice(0, slash), index: Number(id.slice(slash + 1)) };
  const claim = world.claims.get(id);
  const withClaim = (
    change: Snapshot['claims'] extends ReadonlyMap<SlotId, infer C> ? C | undefined : never,
  ): Snapshot => {
    const claims = new Map(world.claims);
    if (change === undefined) claims.delete(id);
    else claims.set(id, change);
    return { ...world, claims };
  };
  switch (action.type) {
    case 'acquire-claim':
      return withClaim({
        session: action.session,
        epoch: (claim?.epoch ?? 0) + 1,
        host: HOST,
        revision: action.revision,
        since: 'then',
      });
    case 'update-claim':
      return withClaim({ epoch: 0, ...claim, revision: action.revision });
    case 'release-claim':
      return withClaim(action.forget ? undefined : { epoch: claim?.epoch ?? 0 });
    case 'ensure-image':
    case 'resolve-secrets':
    case 'refresh-files':
    case 'await-container':
      return world;
    case 'create-network':
      return {
        ...world,
        networks: [
          ...world.networks,
          { id: `id-${action.name}`, name: action.name, subnets: [action.subnet], slot },
        ],
      };
    case 'remove-network':
      return { ...world, networks: world.networks.filter((network) => network.id !== action.id) };
    case 'create-container':
      return { ...world, containers: [...world.containers, created(action, slot)] };
    case 'start-container':
      return {
        ...world,
        containers: world.containers.map((container) =>
          container.name === action.name ? started(container) : container,
        ),
      };
    case 'stop-containers': {
      const stopped = new Set(action.containers.map((target) => target.id));
      return {
        ...world,
        containers: world.containers.map((container) =>
          stopped.has(container.id) ? { ...container, state: 'exited', exitCode: 143 } : container,
        ),
      };
    }
    case 'remove-container':
      return { ...world, containers: world.containers.filter((container) => container.id !== action.id) };
    case 'register-service':
      return {
        ...world,
        services: [
          ...world.services.filter((service) => service.id !== action.service.id),
          {
            ...action.service,
            slot,
            meta: { ...action.service.meta, [SERVICE_META.epoch]: String(claim?.epoch) },
          },
        ],
      };
    case 'deregister-service':
      return { ...world, services: world.services.filter((service) => service.id !== action.id) };
  }
}

let lastId = 0;

function created({ container }: Action<'create-container'>, slot: ContainerView['slot']): ContainerView {
  lastId += 1;
  const role = container.labels['raftainer.role'];
  return {
    id: `id-${lastId}`,
    name: container.name,
    slot,
    container: container.container,
    role: role === 'startup' || role === 'sidecar' ? role : 'main',
    state: 'created',
    health: 'none',
    configHash: container.labels['raftainer.config'] ?? '',
    revision: container.labels['raftainer.revision'] ?? '',
    image: container.image,
    imageId: `sha256:${container.image}`,
    stopGracePeriodMs: Number(container.labels['raftainer.stop-grace-period-ms']),
    hostPorts: Object.fromEntries(
      container.ports.map((port) => [`${port.containerPort}/${port.protocol}`, port.hostPort]),
    ),
    gpus: container.gpus.map(({ id }) => id),
    check: readProbeCheck(container.labels['raftainer.check']),
    createdAt: lastId,
  };
}

/** A startup container has done its work as soon as it was awaited. */
function started(container: ContainerView): ContainerView {
  return container.role === 'startup'
    ? { ...container, state: 'exited', exitCode: 0 }
    : { ...container, state: 'running' };
}

/** Carries out a plan completely, as if nothing ever failed. */
export function carryOut(
  snapshot: Snapshot,
  slots: ReadonlyMap<SlotId, { readonly actions: readonly Action[] }>,
): Snapshot {
  let world = snapshot;
  for (const [id, { actions }] of slots) world = afterwards(world, id, actions);
  return world;
}
