/** Clocks to compare, in milliseconds. */
export interface WallSources {
  readonly wall: () => number;
  /** The clock by which leases end. */
  readonly lease: () => number;
}

/** More than a machine's clock is ever moved at once by correcting it gently. */
const LEAP_MS = 1_000;

/**
 * Notices when the wall clock has leapt ahead of the lease's clock. Mostly somebody has set it, which means nothing. But it
 * is also all that a virtual machine sees of having been paused, with all of its clocks, once its wall clock is put right.
 */
export class WallLeaps {
  readonly #sources: WallSources;
  #aheadMs: number;

  constructor(sources: WallSources) {
    this.#sources = sources;
    this.#aheadMs = this.#measure();
  }

  /** Whether it has leapt ahead since this was asked last. */
  leapt(): boolean {
    const before = this.#aheadMs;
    this.#aheadMs = this.#measure();
    return this.#aheadMs - before > LEAP_MS;
  }

  #measure(): number {
    return this.#sources.wall() - this.#sources.lease();
  }
}
