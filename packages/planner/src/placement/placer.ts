import { slotIdOf, slotRefOf } from '@raftainer/pod-spec';

import { demandOf } from './demand.js';
import { HostBooks } from './host-books.js';
import { homeOf, inOrderOfDefinition } from './placement-world.js';
import { PodRanking } from './pod-ranking.js';
import { refusalColumns } from './refusal-columns.js';
import { mixed, nameHash } from './rendezvous.js';
import { RuleCache } from './rule-cache.js';

import type { Demand } from './demand.js';
import type { DefinedPod, PlacementWorld } from './placement-world.js';
import type { SlotId } from '@raftainer/pod-spec';

/** A slot that has to be placed, with the ranking in which it stands; the ranking is good until the next visit. */
export interface Visit {
  readonly id: SlotId;
  readonly hash: number;
  readonly defined: DefinedPod;
  readonly ranking: PodRanking;
  /** For `kind: system`: the one host that this slot is for. */
  readonly onlyHost?: number;
  /** The host that the slot was asked to go to, or that lost it, when it can take it. */
  readonly target?: number;
}

/** A pod while it is being placed. */
export interface PodTurn {
  readonly defined: DefinedPod;
  readonly demand: Demand;
  readonly ranking: PodRanking;
  readonly matching: Uint8Array;
}

/**
 * Places slots in one fixed order: pods as they were defined, slots by index, each beside those before it as if these
 * were where they belong. So slots that appear together spread out, and every host comes to the same.
 */
export class Placer {
  readonly world: PlacementWorld;
  readonly books: HostBooks;
  readonly rules: RuleCache;
  readonly pods: readonly DefinedPod[];
  /** Hosts of each pod's slots, by index; held ones and those placed by this run. */
  readonly #seats = new Map<string, Map<number, number>>();
  readonly #refusals: ReadonlyMap<string, Uint8Array>;
  readonly #demands = new Map<string, Demand>();
  readonly #points: Float64Array;
  readonly #self: number | undefined;

  /** `self` is the host that asks, if one does: its own verdicts do not keep it from asking itself anew. */
  constructor(world: PlacementWorld, self?: string) {
    this.world = world;
    this.books = new HostBooks(world.hosts);
    this.rules = new RuleCache(this.books.hosts);
    this.#self = self === undefined ? undefined : this.books.indexOf(self);
    this.pods = inOrderOfDefinition(world.pods);
    this.#refusals = refusalColumns(this.pods, this.books.hosts);
    this.#points = new Float64Array(this.books.size);
    for (const { pod } of this.pods) this.#demands.set(pod.name, demandOf(pod));
    for (const [id, { session, host }] of world.claims) {
      const index = session === undefined || host === undefined ? undefined : this.books.indexOf(host);
      if (index !== undefined) this.settle(id, index);
    }
  }

  /**
   * Visits every slot that nobody holds, in the order of placing, and settles it on its best host afterwards. A visitor
   * that knows the best host already returns it.
   */
  placeFree(visit: (visit: Visit) => number | undefined): void {
    this.#reserveHomes();
    for (const defined of this.pods) {
      let turn: PodTurn | undefined;
      let hash = 0;
      for (const { index, onlyHost } of this.#freeSlots(defined)) {
        if (turn === undefined) {
          turn = this.turnOf(defined);
          hash = nameHash(defined.pod.name);
        }
        const id = slotIdOf({ pod: defined.pod.name, index });
        const reserved = this.unsettle(id);
        if (reserved !== undefined) turn.ranking.unseat(reserved);
        const target = this.targetOf(id, turn.ranking);
        const slot = { id, hash: mixed(hash, index), defined, ranking: turn.ranking };
        const found = visit({
          ...slot,
          ...(onlyHost === undefined ? {} : { onlyHost }),
          ...(target === undefined ? {} : { target }),
        });
        const best = onlyHost ?? target ?? reserved ?? found ?? turn.ranking.standing(slot.hash).best;
        if (best < 0) continue;
        this.settle(id, best);
        turn.ranking.seat(best);
      }
    }
  }

  /** The ranking of a pod as the seats are now. Using one ends the use of the one before. */
  turnOf(defined: DefinedPod): PodTurn {
    const { pod } = defined;
    const demand = this.demandOf(defined);
    const matching = this.rules.matching(pod.constraints, demand.gpuRequests);
    const refusing = this.#refusals.get(pod.name);
    const input = {
      books: this.books,
      demand,
      matching,
      ...(refusing === undefined ? {} : { refusing }),
      ...(pod.affinities.length === 0 ? {} : { preference: this.rules.affinityPoints(pod.affinities) }),
      pack: pod.placement === 'pack',
      spread: pod.spread.map(({ attribute, weight }) => ({
        values: this.rules.valuesOf(attribute),
        weight,
      })),
    };
    const ranking = new PodRanking(input, this.#points);
    for (const host of this.seatsOf(pod.name).values()) ranking.seat(host);
    return { defined, demand, ranking, matching };
  }

  /** The host that a slot was asked to go to, else the one that lost it, when it can take it by the records. */
  targetOf(id: SlotId, ranking: PodRanking): number | undefined {
    const { moves, claims } = this.world;
    const index = this.books.indexOf(moves?.get(id) ?? homeOf(claims.get(id)) ?? '');
    return index !== undefined && ranking.isEligible(index) ? index : undefined;
  }

  /** What goes home has its room there before anything else is placed, whatever was defined first. */
  #reserveHomes(): void {
    for (const defined of this.pods) {
      if (defined.pod.kind === 'system') continue;
      let ranking: PodRanking | undefined;
      for (const { index } of this.#freeSlots(defined)) {
        const id = slotIdOf({ pod: defined.pod.name, index });
        const name = homeOf(this.world.claims.get(id));
        const home = name === undefined ? undefined : this.books.indexOf(name);
        if (name === undefined || home === undefined) continue;
        ranking ??= this.turnOf(defined).ranking;
        if (this.world.awaited?.has(name) === true || ranking.isEligible(home)) this.settle(id, home);
      }
    }
  }

  /** Enters a slot as being on a host. */
  settle(id: SlotId, host: number): void {
    const { pod, index } = slotRefOf(id);
    const demand = this.#demands.get(pod);
    if (demand === undefined) return;
    const seats = this.#seats.get(pod) ?? new Map<number, number>();
    this.#seats.set(pod, seats.set(index, host));
    this.books.charge(host, demand);
  }

  /** Takes a slot off its host; undefined when it was on none. */
  unsettle(id: SlotId): number | undefined {
    const { pod, index } = slotRefOf(id);
    const host = this.#seats.get(pod)?.get(index);
    const demand = this.#demands.get(pod);
    if (host === undefined || demand === undefined) return undefined;
    this.#seats.get(pod)?.delete(index);
    this.books.discharge(host, demand);
    return host;
  }

  /** Hosts of a pod's slots, by slot index. */
  seatsOf(pod: string): ReadonlyMap<number, number> {
    return this.#seats.get(pod) ?? new Map<number, number>();
  }

  /** What a slot is ranked by, whoever ranks it. */
  static hashOf(id: SlotId): number {
    const { pod, index } = slotRefOf(id);
    return mixed(nameHash(pod), index);
  }

  demandOf({ pod }: DefinedPod): Demand {
    return this.#demands.get(pod.name) ?? demandOf(pod);
  }

  *#freeSlots(defined: DefinedPod): Generator<{ readonly index: number; readonly onlyHost?: number }> {
    const { pod } = defined;
    const isFree = (index: number): boolean =>
      this.world.claims.get(slotIdOf({ pod: pod.name, index }))?.session === undefined;
    if (pod.kind !== 'system') {
      for (let index = 0; index < pod.instances; index += 1) if (isFree(index)) yield { index };
      return;
    }
    let index = 0;
    for (const onlyHost of this.#hostsWithout(defined)) {
      while (!isFree(index)) index += 1;
      yield { index, onlyHost };
      index += 1;
    }
  }

  /** The hosts that should have a slot of a system pod and have none, by name. */
  #hostsWithout(defined: DefinedPod): readonly number[] {
    const { ranking } = this.turnOf(defined);
    const seated = new Set(this.seatsOf(defined.pod.name).values());
    const canTake = (host: number): boolean =>
      host === this.#self ? ranking.hasRoom(host) : ranking.isEligible(host);
    return [...this.books.hosts.keys()].filter((host) => !seated.has(host) && canTake(host));
  }
}
