/** An agent that was well for so long has earned its whole time again. */
const WELL_AFTER_MS = 30_000;

/**
 * How long claims are kept for an agent that crashed: a budget, so that one that crashes every few seconds does not keep
 * them for ever. Times are monotonic milliseconds.
 */
export class CrashBudget {
  #fullMs = 0;
  #spentMs = 0;
  #wellSince: number | undefined;

  /** How much it is when nothing of it is spent. */
  set fullMs(ms: number) {
    this.#fullMs = ms;
  }

  /** What is left for another crash; nothing when less than half of it is, for that would end before an agent could be back. */
  get leftMs(): number {
    const leftMs = this.#fullMs - this.#spentMs;
    return leftMs * 2 < this.#fullMs ? 0 : leftMs;
  }

  spend(ms: number): void {
    this.#spentMs += ms;
  }

  /** The agent has proven its claims. */
  well(now: number): void {
    this.#wellSince ??= now;
    if (now - this.#wellSince >= WELL_AFTER_MS) this.#spentMs = 0;
  }

  /** The agent is not heard of. */
  unwell(): void {
    this.#wellSince = undefined;
  }
}
