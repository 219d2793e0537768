import { slotIdOf } from '@raftainer/pod-spec';

import { exclusions } from './exclusions.js';
import { Placer } from './placer.js';

import type { DefinedPod, PlacementWorld } from './placement-world.js';
import type { PodRanking } from './pod-ranking.js';
import type { RuleFailure } from '@raftainer/constraints';
import type { SlotId } from '@raftainer/pod-spec';

/** A host that can take a slot. */
export interface RankedHost {
  readonly host: string;
  /** From affinity and spread; more is better. */
  readonly points: number;
  /** Of the rendezvous, among hosts with as many points; higher is better. */
  readonly score: number;
}

/** A host that cannot, and every rule that says so. */
export interface ExcludedHost {
  readonly host: string;
  readonly failures: readonly RuleFailure[];
}

/** Where a slot is and where it could be. */
export interface SlotPlacement {
  readonly slot: SlotId;
  /** Who holds it; absent while nobody does. */
  readonly holder?: string;
  /** The best first. For a slot that is held: as if it had to be placed anew. */
  readonly ranked: readonly RankedHost[];
  readonly excluded: readonly ExcludedHost[];
}

/**
 * Where every slot of every pod is or will be, computed as the agents compute it. For `plan` put the new definition
 * into the world first. Costs hosts × slots in memory; for one pod see {@link explainPod}.
 */
export function placementOf(world: PlacementWorld): ReadonlyMap<SlotId, SlotPlacement> {
  return placements(world, () => true);
}

/** The same for the slots of one pod, by index; empty when there is no such pod. */
export function explainPod(world: PlacementWorld, pod: string): readonly SlotPlacement[] {
  return [...placements(world, (name) => name === pod).values()];
}

function placements(
  world: PlacementWorld,
  isWanted: (pod: string) => boolean,
): ReadonlyMap<SlotId, SlotPlacement> {
  const placer = new Placer(world);
  const free = new Map<SlotId, SlotPlacement>();
  placer.placeFree(({ id, hash, defined, ranking, onlyHost, target }) => {
    if (!isWanted(defined.pod.name)) return undefined;
    const placement = describe(placer, { id, hash, defined, ranking });
    const only = placer.books.hosts[onlyHost ?? -1]?.name;
    const first = placer.books.hosts[target ?? -1]?.name;
    const ranked = placement.ranked
      .filter(({ host }) => only === undefined || host === only)
      .sort((a, b) => Number(b.host === first) - Number(a.host === first));
    free.set(id, { ...placement, ranked });
    return undefined;
  });
  const all = new Map<SlotId, SlotPlacement>();
  for (const defined of placer.pods.filter(({ pod }) => isWanted(pod.name))) {
    for (const id of slotsOf(placer, defined, free)) all.set(id, free.get(id) ?? held(placer, defined, id));
  }
  return all;
}

/** Every slot that the definition asks for, and those that are held beyond it, by index. */
function slotsOf(
  placer: Placer,
  { pod }: DefinedPod,
  free: ReadonlyMap<SlotId, SlotPlacement>,
): readonly SlotId[] {
  const asked = pod.kind === 'system' ? 0 : pod.instances;
  const indexes = new Set([...Array(asked).keys(), ...placer.seatsOf(pod.name).keys()]);
  const ids = [...indexes].sort((a, b) => a - b).map((index) => slotIdOf({ pod: pod.name, index }));
  return ids.filter((id) => free.has(id) || placer.world.claims.get(id)?.session !== undefined);
}

function held(placer: Placer, defined: DefinedPod, id: SlotId): SlotPlacement {
  const holder = placer.world.claims.get(id)?.host;
  const host = placer.unsettle(id);
  const { ranking } = placer.turnOf(defined);
  const placement = describe(placer, { id, hash: Placer.hashOf(id), defined, ranking });
  if (host !== undefined) placer.settle(id, host);
  return { ...placement, ...(holder === undefined ? {} : { holder }) };
}

function describe(
  placer: Placer,
  slot: {
    readonly id: SlotId;
    readonly hash: number;
    readonly defined: DefinedPod;
    readonly ranking: PodRanking;
  },
): SlotPlacement {
  const { books } = placer;
  const { id, hash, defined, ranking } = slot;
  const demand = placer.demandOf(defined);
  const ranked = ranking.list(hash).map(({ host, points, score }) => ({
    host: books.hosts[host]?.name ?? '',
    points,
    score,
  }));
  const excluded = books.hosts.flatMap(({ name }, host) =>
    ranking.isEligible(host) ? [] : [{ host: name, failures: exclusions({ books, host, defined, demand }) }],
  );
  return { slot: id, ranked, excluded };
}
