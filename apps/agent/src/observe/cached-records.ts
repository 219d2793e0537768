/** How records are cached. */
export interface CachedRecordsOptions<T> {
  readonly read: (signal: AbortSignal) => Promise<T>;
  /** Milliseconds. */
  readonly clock: () => number;
  /** They are read again after this time although nothing was heard of a change, in milliseconds. Default 5 min. */
  readonly maxAgeMs?: number;
}

/** Records that are read again only when they changed: most cycles have other causes, and need not pay for them. */
export class CachedRecords<T> {
  readonly #options: CachedRecordsOptions<T>;
  readonly #maxAgeMs: number;
  #known: { readonly value: T; readonly change: number; readonly readAt: number } | undefined;
  #change = 0;

  constructor(options: CachedRecordsOptions<T>) {
    this.#options = options;
    this.#maxAgeMs = options.maxAgeMs ?? 300_000;
  }

  /** What was read is out of date. */
  changed(): void {
    this.#change += 1;
  }

  /** The records. A read that fails throws, and nothing older is given in its place. */
  async get(signal: AbortSignal): Promise<T> {
    const { read, clock } = this.#options;
    const known = this.#known;
    if (known?.change === this.#change && clock() - known.readAt < this.#maxAgeMs) return known.value;
    // A change during the read may have missed it: the next one reads again.
    const change = this.#change;
    const readAt = clock();
    const value = await read(signal);
    this.#known = { value, change, readAt };
    return value;
  }
}
