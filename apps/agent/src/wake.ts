/** How wakes turn into cycles. */
export interface WakeOptions {
  /** Shortest time from the end of one cycle to the start of the next. Default 50 ms. */
  readonly minGapMs?: number;
  /** A cycle runs this long after the last one although nothing woke it: the net below the events. Default 30 s. */
  readonly resyncMs?: number;
}

/**
 * Turns any number of wakes into single cycles. The first wake after a quiet time acts at once; those that follow
 * share the next cycle. A wake during a cycle is one more cycle, never a lost one.
 */
export class Wake {
  readonly #minGapMs: number;
  readonly #resyncMs: number;
  #dueAt = 0;
  #restUntil = 0;
  #interrupt: () => void = () => undefined;

  constructor(options: WakeOptions = {}) {
    this.#minGapMs = options.minGapMs ?? 50;
    this.#resyncMs = options.resyncMs ?? 30_000;
  }

  /** Asks for a cycle, within `delayMs` from now. */
  request(delayMs = 0): void {
    const dueAt = performance.now() + delayMs;
    if (dueAt >= this.#dueAt) return;
    this.#dueAt = dueAt;
    this.#interrupt();
  }

  /** Resolves with true when a cycle is due, and with false when the signal aborts. What woke it is spent. */
  async next(signal: AbortSignal): Promise<boolean> {
    const interrupt = (): void => {
      this.#interrupt();
    };
    signal.addEventListener('abort', interrupt, { once: true });
    while (!signal.aborted) {
      const waitMs = Math.max(this.#dueAt, this.#restUntil) - performance.now();
      if (waitMs <= 0) break;
      await this.#sleep(waitMs);
    }
    signal.removeEventListener('abort', interrupt);
    this.#dueAt = performance.now() + this.#resyncMs;
    return !signal.aborted;
  }

  /** Marks the end of a cycle. A long one is followed by a longer rest, so that cycles never fill the time. */
  rest(cycleMs: number): void {
    this.#restUntil = performance.now() + Math.max(this.#minGapMs, 2 * cycleMs);
  }

  /** Sleeps until the time is over or a wake comes that is due earlier. */
  async #sleep(durationMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, durationMs);
      this.#interrupt = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#interrupt = () => undefined;
  }
}
