import { ExpiryHeap } from './expiry-heap.js';
import type { HeapNode } from './expiry-heap.js';
import { TtlCacheError } from './ttl-cache-error.js';

/** How a {@link TtlCache} behaves. */
export interface TtlCacheOptions {
  /** Life of an entry in milliseconds, unless `set` says otherwise. More than 0; `Infinity` for ever. */
  readonly ttlMs: number;
  /** Most entries held at once; a whole number from 1 up, or `Infinity`. Default 10,000. */
  readonly maxEntries?: number;
  /** The time in milliseconds, from any origin; it should never go back. Default `performance.now`. */
  readonly clock?: () => number;
}

/** Options of one `set`. */
export interface TtlCacheSetOptions {
  /** Life of this entry in milliseconds. More than 0; `Infinity` for ever. Default: the cache's own. */
  readonly ttlMs?: number;
}

interface Entry<K, V> extends HeapNode {
  readonly key: K;
  value: V;
}

const DEFAULT_MAX_ENTRIES = 10_000;

/**
 * A map whose entries expire. An entry set at time *t* is there while the clock is below *t* + TTL and gone
 * from then on. No timers: every call first drops what has expired, so nothing expired is ever
 * returned or counted, and nothing keeps the process alive. Reading does not extend a life; setting does.
 */
export class TtlCache<K, V> {
  readonly #ttlMs: number;
  readonly #maxEntries: number;
  readonly #clock: () => number;
  readonly #entries = new Map<K, Entry<K, V>>();
  readonly #heap = new ExpiryHeap<Entry<K, V>>();
  #sequence = 0;

  /** @throws TtlCacheError `TTL_CACHE_INVALID_OPTION` for a TTL or a size that is not a usable number. */
  constructor(options: TtlCacheOptions) {
    this.#ttlMs = checkedTtl(options.ttlMs);
    this.#maxEntries = checkedMaxEntries(options.maxEntries ?? DEFAULT_MAX_ENTRIES);
    this.#clock = options.clock ?? monotonicNow;
  }

  /** How many entries are alive now. */
  get size(): number {
    this.#dropExpired();
    return this.#entries.size;
  }

  /** The value while it is alive, else undefined. */
  get(key: K): V | undefined {
    return this.#alive(key)?.value;
  }

  /** Whether the key is alive; tells a stored `undefined` from an absent key. */
  has(key: K): boolean {
    return this.#alive(key) !== undefined;
  }

  /**
   * Stores a value and starts its life anew, also when the key was there. When a new key finds the cache full,
   * the entry closest to its expiry goes (of equals, the one set longest ago); never the new one.
   *
   * @throws TtlCacheError `TTL_CACHE_INVALID_OPTION` for a TTL that is not a usable number; nothing is stored.
   */
  set(key: K, value: V, options: TtlCacheSetOptions = {}): this {
    const ttlMs = options.ttlMs === undefined ? this.#ttlMs : checkedTtl(options.ttlMs);
    const expiresAt = this.#dropExpired() + ttlMs;
    this.#sequence += 1;
    const entry = this.#entries.get(key);
    if (entry === undefined) this.#add({ key, value, expiresAt, sequence: this.#sequence, position: 0 });
    else this.#renew(entry, value, expiresAt);
    return this;
  }

  /** Removes a key. True when it was alive. */
  delete(key: K): boolean {
    const entry = this.#alive(key);
    if (entry === undefined) return false;
    this.#remove(entry);
    return true;
  }

  /** Removes everything. */
  clear(): void {
    this.#entries.clear();
    this.#heap.clear();
  }

  /** A copy of what is alive now, in the order of insertion; safe to change the cache while walking it. */
  entries(): readonly (readonly [K, V])[] {
    this.#dropExpired();
    return Array.from(this.#entries.values(), (entry) => [entry.key, entry.value] as const);
  }

  /** The clock's time at which a living key ends (`Infinity`: never); undefined when the key is not alive. */
  expiresAt(key: K): number | undefined {
    return this.#alive(key)?.expiresAt;
  }

  /** The clock's time at which the next entry ends; undefined when none ever will. For the caller's own timer. */
  nextExpiry(): number | undefined {
    this.#dropExpired();
    const expiresAt = this.#heap.first()?.expiresAt;
    return expiresAt === Infinity ? undefined : expiresAt;
  }

  #alive(key: K): Entry<K, V> | undefined {
    this.#dropExpired();
    return this.#entries.get(key);
  }

  #add(entry: Entry<K, V>): void {
    const first = this.#heap.first();
    if (first !== undefined && this.#entries.size >= this.#maxEntries) this.#remove(first);
    this.#entries.set(entry.key, entry);
    this.#heap.add(entry);
  }

  #renew(entry: Entry<K, V>, value: V, expiresAt: number): void {
    entry.value = value;
    entry.expiresAt = expiresAt;
    entry.sequence = this.#sequence;
    this.#heap.reorder(entry);
  }

  #remove(entry: Entry<K, V>): void {
    this.#entries.delete(entry.key);
    this.#heap.remove(entry);
  }

  /** Returns the time it acted upon, so that one call of the cache reads the clock once. */
  #dropExpired(): number {
    const now = this.#clock();
    for (;;) {
      const first = this.#heap.first();
      if (first === undefined || first.expiresAt > now) return now;
      this.#remove(first);
    }
  }
}

function monotonicNow(): number {
  return performance.now();
}

function checkedTtl(ttlMs: number): number {
  if (typeof ttlMs === 'number' && ttlMs > 0) return ttlMs;
  throw invalid('ttlMs', ttlMs, 'a number of milliseconds above 0, or Infinity');
}

function checkedMaxEntries(maxEntries: number): number {
  if (maxEntries === Infinity || (Number.isInteger(maxEntries) && maxEntries >= 1)) return maxEntries;
  throw invalid('maxEntries', maxEntries, 'a whole number from 1 up, or Infinity');
}

function invalid(option: string, value: unknown, expected: string): TtlCacheError {
  return new TtlCacheError('TTL_CACHE_INVALID_OPTION', `${option} is ${String(value)}; give ${expected}.`);
}
