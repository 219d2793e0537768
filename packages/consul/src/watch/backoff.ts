import type { BackoffOptions } from './watch.js';

/** Pauses that grow with each failure and shrink to the first after a success. */
export interface Backoff {
  /** The next pause in milliseconds: doubling, half of it random, so that many clients do not return together. */
  next(): number;
  /** Back to the first pause. */
  reset(): void;
}

/** Makes a back-off. `random` is for tests. */
export function createBackoff(options: BackoffOptions = {}, random: () => number = Math.random): Backoff {
  const { initialMs = 100, maxMs = 10_000 } = options;
  let failures = 0;
  return {
    next: () => {
      const full = Math.min(maxMs, initialMs * 2 ** Math.min(failures, 30));
      failures += 1;
      return full / 2 + (random() * full) / 2;
    },
    reset: () => {
      failures = 0;
    },
  };
}
