import { within } from './within.js';

export interface FactOptions<T> {
  /** For messages. */
  readonly part: string;
  readonly read: () => Promise<T>;
  /** How long a value that was read counts as fresh. */
  readonly maxAgeMs: number;
  /** Without it there are no facts at all: while it was never read, every call tries again. */
  readonly essential: boolean;
  /** When to try again after another failure. */
  readonly retryAfterMs: number;
  readonly clock: () => number;
  readonly onFailure: (part: string, error: unknown) => void;
}

/** What is known of one part: the last value that was read, and the failure since, if any. */
export interface Known<T> {
  readonly value?: T;
  readonly error?: unknown;
}

/** A part that hangs is a failed part; what it was waiting for goes on in the background. */
const READ_TIMEOUT_MS = 10_000;

/** One part of the facts: read when asked for and no longer fresh. A failure keeps the last value. */
export class Fact<T> {
  #known: Known<T> = {};
  #dueAt = -Infinity;

  constructor(private readonly options: FactOptions<T>) {}

  /** Never rejects. */
  async current(): Promise<Known<T>> {
    if (this.options.clock() < this.#dueAt) return this.#known;
    const { part, read, maxAgeMs } = this.options;
    try {
      this.#known = { value: await within(read(), part, { timeoutMs: READ_TIMEOUT_MS }) };
      this.#dueAt = this.options.clock() + maxAgeMs;
    } catch (error: unknown) {
      this.#known = { ...this.#known, error };
      this.#dueAt = this.options.clock() + this.#patienceMs();
      this.options.onFailure(part, error);
    }
    return this.#known;
  }

  #patienceMs(): number {
    return this.options.essential && this.#known.value === undefined ? 0 : this.options.retryAfterMs;
  }
}
