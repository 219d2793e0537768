import { steadyNow } from '../clock.js';
import { CachedRecords } from './cached-records.js';

import type { Cluster, ClaimList, PodList } from '@raftainer/cluster';

/** What watched records are read with. */
export interface WatchedRecordsOptions<T> {
  readonly read: (signal: AbortSignal) => Promise<T>;
  /** Milliseconds, by a clock that never jumps. */
  readonly clock: () => number;
}

/**
 * Records that are kept for as long as a watch vouches for them: it works, and has told of no change since they were
 * read. Without it, every `get` reads them. Nothing is ever given in the place of a read that failed.
 */
export class WatchedRecords<T extends { readonly index: number }> {
  readonly #cache: CachedRecords<T>;
  /** Index of the last thing that the watch told; undefined while it does not work. */
  #watched: number | undefined;

  constructor({ read, clock }: WatchedRecordsOptions<T>) {
    this.#cache = new CachedRecords({ read, clock });
  }

  /** The watch works and tells of this state. */
  saw(index: number): void {
    this.#watched = index;
    this.#cache.changed();
  }

  /** The watch does not work: it vouches for nothing until it tells of something again. */
  lost(): void {
    this.#watched = undefined;
    this.#cache.changed();
  }

  /** This host changed them itself, or has reason to look again: the watch may tell of it too late. */
  changed(): void {
    this.#cache.changed();
  }

  /** The records. A read that fails throws. */
  async get(signal: AbortSignal): Promise<T> {
    const records = await this.#cache.get(signal);
    // A server that lags behind the one that answered the watch gives older records: not to be kept.
    if (this.#watched === undefined || records.index < this.#watched) this.#cache.changed();
    return records;
  }
}

/** Definitions and claims: all that grows with the number of pods. */
export interface Records {
  readonly pods: WatchedRecords<PodList>;
  readonly claims: WatchedRecords<ClaimList>;
}

/** Nothing is read before the first `get`. */
export function createRecords(cluster: Pick<Cluster, 'pods' | 'claims'>): Records {
  const clock = steadyNow;
  return {
    pods: new WatchedRecords({ clock, read: (signal) => cluster.pods.list({ signal }) }),
    claims: new WatchedRecords({ clock, read: (signal) => cluster.claims.listAt({ signal }) }),
  };
}
