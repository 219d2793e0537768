import { peersOf } from '@raftainer/cluster';
import type { PlacementWorld, PodView, SlotPlacement } from '@raftainer/planner';
import { definedPods, liveMoves, placementOf, problemsOf } from '@raftainer/planner';
import type { Pod, SlotId } from '@raftainer/pod-spec';
import { formatProblems, revisionOf, slotRefOf } from '@raftainer/pod-spec';
import type { Fleet } from './fleet.js';

/** A definition that is not stored yet. */
export interface NewDefinition {
  readonly pod: Pod;
  readonly revision: string;
}

/**
 * The records as the agents' planner takes them, so that it answers here what it answers there. `definitions` take the place
 * of the stored ones with their names; new ones come after all others, in the order in which they would be written.
 */
export function worldOf(fleet: Fleet, definitions: readonly NewDefinition[] = []): PlacementWorld {
  const isGivenUp = givenUpBy(fleet, definitions);
  const claims = new Map(
    [...fleet.claims].map(([id, { session, epoch, info }]) => [
      id,
      isGivenUp(id)
        ? { epoch }
        : {
            epoch,
            ...(session === undefined ? {} : { session }),
            ...(info === undefined ? {} : { host: info.host }),
          },
    ]),
  );
  const requests = [...fleet.moves].flatMap(([id, { info }]) =>
    info === undefined ? [] : [[id, info] as const],
  );
  const views = podViews(fleet, definitions);
  return {
    pods: definedPods(views, problemsOf(views)),
    claims,
    hosts: peersOf(fleet),
    moves: liveMoves(new Map(requests), claims),
  };
}

/** Slots of pods that become exclusive or stop being so: their holders give them up, and they are claimed anew. */
function givenUpBy(fleet: Fleet, definitions: readonly NewDefinition[]): (id: SlotId) => boolean {
  const isOther = ({ pod }: NewDefinition): boolean => {
    const stored = fleet.pods.find(({ name }) => name === pod.name);
    return stored?.result.ok === true && stored.result.pod.exclusive !== pod.exclusive;
  };
  const others = new Map(definitions.filter(isOther).map(({ pod }) => [pod.name, pod]));
  return (id) => {
    const { pod: name, index } = slotRefOf(id);
    const pod = others.get(name);
    return pod !== undefined && (pod.kind === 'system' || index < pod.instances);
  };
}

/** What the agents refuse of a definition, whatever the host. */
export function refusedOf(
  fleet: Fleet,
  pod: string,
  definitions: readonly NewDefinition[] = [],
): readonly string[] {
  const views = podViews(fleet, definitions);
  return views.get(pod)?.state === 'valid' ? (problemsOf(views).get(pod) ?? []) : [];
}

function podViews(fleet: Fleet, definitions: readonly NewDefinition[]): ReadonlyMap<string, PodView> {
  const views = new Map<string, PodView>();
  const created = new Map<string, number>();
  for (const { name, createIndex, result } of fleet.pods) {
    created.set(name, createIndex);
    const view: PodView = result.ok
      ? { state: 'valid', pod: result.pod, revision: revisionOf(result.pod), definedAt: createIndex }
      : { state: 'invalid', problems: result.problems.map((problem) => formatProblems([problem])) };
    views.set(name, view);
  }
  for (const [position, { pod, revision }] of definitions.entries()) {
    const definedAt = created.get(pod.name) ?? fleet.index + 1 + position;
    views.set(pod.name, { state: 'valid', pod, revision, definedAt });
  }
  return views;
}

/** One view of a fleet asks for many slots, and each answer costs the placing of all. */
const known = new WeakMap<Fleet, ReadonlyMap<SlotId, SlotPlacement>>();

/** Where every slot of a fleet is or will be. */
export function placementsOf(fleet: Fleet): ReadonlyMap<SlotId, SlotPlacement> {
  const placements = known.get(fleet) ?? placementOf(worldOf(fleet));
  known.set(fleet, placements);
  return placements;
}
