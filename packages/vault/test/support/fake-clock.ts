import type { Clock } from '../../src/time/clock.js';

interface Timer {
  readonly at: number;
  readonly call: () => void;
}

/** A clock that stands still until it is moved. Chance is a half, unless said otherwise. */
export class FakeClock implements Clock {
  readonly #timers = new Set<Timer>();
  readonly #chance: () => number;
  #now = 0;

  constructor(chance: () => number = () => 0.5) {
    this.#chance = chance;
  }

  /** Timers that wait. */
  get armed(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#now;
  }

  wallNow(): number {
    return Date.UTC(2026, 0, 1) + this.#now;
  }

  random(): number {
    return this.#chance();
  }

  after(ms: number, call: () => void): () => void {
    const timer = { at: this.#now + ms, call };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** Moves on, and lets every timer that falls due, and what follows from it at once, happen in its turn. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    for (let next = this.#due(until); next !== undefined; next = this.#due(until)) {
      this.#timers.delete(next);
      this.#now = next.at;
      next.call();
      await new Promise(setImmediate);
    }
    this.#now = until;
  }

  #due(until: number): Timer | undefined {
    return [...this.#timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
  }
}
