import { parsePod, revisionOf, slotIdOf } from '@raftainer/pod-spec';

import type { ClaimedBy, DefinedPod, PeerView, PlacementWorld } from '../src/index.js';
import type { HostFacts } from '@raftainer/constraints';
import type { SlotId } from '@raftainer/pod-spec';

const GIB = 2 ** 30;

/** Facts of a host, with changes. */
export function factsOf(name: string, changes: Partial<HostFacts> = {}): HostFacts {
  return {
    hostname: name,
    cpu: { cores: 8, architecture: 'amd64' },
    memory: { totalBytes: 16 * GIB },
    disk: { totalBytes: 100 * GIB },
    os: { platform: 'linux' },
    kernel: { version: '6.1.0' },
    labels: {},
    gpus: [],
    ...changes,
  };
}

/** A present host, with changes. */
export function peer(name: string, changes: Partial<PeerView> = {}): PeerView {
  return { name, facts: factsOf(name), present: true, draining: false, refusals: [], ...changes };
}

/** So many present hosts: `host-0`, `host-1`, … */
export function peers(count: number): readonly PeerView[] {
  return Array.from({ length: count }, (_, index) => peer(`host-${index}`));
}

/** A parsed definition; those made later were defined later. */
export function defined(input: object, definedAt: number): DefinedPod {
  const result = parsePod({ containers: [{ name: 'app', image: 'web:1' }], ...input });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return { pod: result.pod, revision: revisionOf(result.pod), definedAt };
}

/** A world of definitions and hosts in which nobody holds anything. */
export function worldOf(
  pods: readonly object[],
  hosts: readonly PeerView[],
  holders: Readonly<Record<SlotId, string>> = {},
): PlacementWorld {
  return { pods: pods.map((pod, index) => defined(pod, index)), hosts, claims: claimsOf(holders) };
}

/** Claims held by hosts. */
export function claimsOf(holders: Readonly<Record<SlotId, string>>): ReadonlyMap<SlotId, ClaimedBy> {
  return new Map(
    Object.entries(holders).map(([id, host]) => [id as SlotId, { session: `session-${host}`, host }]),
  );
}

/** Ids of the slots that the definitions ask for. */
export function slotIds(world: PlacementWorld): readonly SlotId[] {
  return world.pods.flatMap(({ pod }) =>
    Array.from({ length: pod.instances }, (_, index) => slotIdOf({ pod: pod.name, index })),
  );
}
