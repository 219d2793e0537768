import { rendezvousScore } from './rendezvous.js';

import type { Demand } from './demand.js';
import type { HostBooks } from './host-books.js';
import type { AttributeValues } from './rule-cache.js';

/** What one more slot on a host that has one of the same pod costs: as much as the strongest affinity can give. */
const SAME_HOST_POINTS = 100;

/** What ranking the hosts for one pod follows from; the columns are in the order of the books. */
export interface RankingInput {
  readonly books: HostBooks;
  readonly demand: Demand;
  /** 1 where the facts meet the pod's constraints. */
  readonly matching: Uint8Array;
  /** 1 where the host refuses this revision; absent when none does. */
  readonly refusing?: Uint8Array;
  /** From affinities; absent for none. */
  readonly preference?: Float64Array;
  /** Full hosts before empty ones, and no host avoided because it has a slot of the pod. */
  readonly pack: boolean;
  readonly spread: readonly { readonly values: AttributeValues; readonly weight: number }[];
}

/** The first of a ranking, and where one host stands in it. */
export interface Standing {
  /** The best host; -1 when no host can take the slot. */
  readonly best: number;
  /** How many hosts come before the one asked about; all that can take the slot when it cannot itself. */
  readonly before: number;
  /** Whether the host asked about can take the slot by the records, whatever it has answered. */
  readonly eligible: boolean;
}

/** A host in a ranking. */
export interface RankedIndex {
  readonly host: number;
  readonly points: number;
  readonly score: number;
}

/**
 * Ranks the hosts for the slots of one pod: by points first (affinity, spread), then by weighted rendezvous. Points are
 * whole preferences that people wrote down and can add up themselves; the rendezvous decides among equals.
 */
export class PodRanking {
  readonly #input: RankingInput;
  readonly #points: Float64Array;

  /** `points` is a column to work in, so that thousands of pods need not have one each. */
  constructor(input: RankingInput, points: Float64Array) {
    this.#input = input;
    this.#points = points;
    if (input.preference === undefined) points.fill(0);
    else points.set(input.preference);
  }

  /** Counts a slot of the pod that is on the host, or will be. */
  seat(host: number): void {
    this.#move(host, -1);
  }

  /** Takes a slot of the pod away from the host. */
  unseat(host: number): void {
    this.#move(host, 1);
  }

  /** Whether the slot could go there by the records. */
  isEligible(host: number): boolean {
    const { refusing } = this.#input;
    return (refusing === undefined || refusing[host] === 0) && this.hasRoom(host);
  }

  /** The same whatever the host has answered: what it asks when it asks itself anew. */
  hasRoom(host: number): boolean {
    const { books, matching, demand } = this.#input;
    return books.open[host] === 1 && matching[host] === 1 && books.fits(host, demand);
  }

  /**
   * The best host for a slot, and where `self` stands; without `self` (-1) only the best is of interest. Runs for every
   * slot and host of the cluster, so it makes no objects, and no score where points decide.
   */
  standing(slotHash: number, self = -1): Standing {
    const { hashes, weights, size } = this.#input.books;
    const eligible = self >= 0 && this.hasRoom(self);
    const ownPoints = eligible ? this.#pointsAt(self) : Infinity;
    const ownScore = eligible ? this.#score(slotHash, self) : Infinity;
    let best = -1;
    let bestPoints = -Infinity;
    let bestScore = 0;
    let before = 0;
    for (let host = 0; host < size; host += 1) {
      if (!this.isEligible(host)) continue;
      const points = this.#pointsAt(host);
      if (!eligible || points > ownPoints) before += 1;
      if (points < bestPoints && points !== ownPoints) continue;
      const score = rendezvousScore(slotHash, hashes[host] ?? 0, weights[host] ?? 0);
      if (points === ownPoints && score > ownScore) before += 1;
      if (points > bestPoints || (points === bestPoints && score > bestScore)) {
        best = host;
        bestPoints = points;
        bestScore = score;
      }
    }
    return { best, before, eligible };
  }

  /** All hosts that can take the slot, the best first. */
  list(slotHash: number): readonly RankedIndex[] {
    const ranked: RankedIndex[] = [];
    for (let host = 0; host < this.#input.books.size; host += 1) {
      if (this.isEligible(host)) ranked.push(this.#ranked(slotHash, host));
    }
    return ranked.sort((a, b) => (comesBefore(a, b) ? -1 : 1));
  }

  #ranked(slotHash: number, host: number): RankedIndex {
    return { host, points: this.#pointsAt(host), score: this.#score(slotHash, host) };
  }

  #score(slotHash: number, host: number): number {
    const { hashes, weights } = this.#input.books;
    return rendezvousScore(slotHash, hashes[host] ?? 0, weights[host] ?? 0);
  }

  #pointsAt(host: number): number {
    const { pack, books } = this.#input;
    return (this.#points[host] ?? 0) + (pack ? books.percentUsed(host) : 0);
  }

  #move(host: number, sign: 1 | -1): void {
    const points = this.#points;
    if (!this.#input.pack) points[host] = (points[host] ?? 0) + sign * SAME_HOST_POINTS;
    for (const { values, weight } of this.#input.spread) {
      const value = values.ids[host];
      for (let other = 0; other < points.length; other += 1) {
        if (values.ids[other] === value) points[other] = (points[other] ?? 0) + sign * weight;
      }
    }
  }
}

/** Equal scores are as good as impossible; then the order of names, which the books keep, decides. */
function comesBefore(a: RankedIndex, b: RankedIndex): boolean {
  if (a.points !== b.points) return a.points > b.points;
  return a.score !== b.score ? a.score > b.score : a.host < b.host;
}
