/** Time and chance, as renewals see them. */
export interface Clock {
  /** Milliseconds from any origin; never goes back. */
  now(): number;
  /** Milliseconds since 1970. */
  wallNow(): number;
  /** From 0 up to, not including, 1. */
  random(): number;
  /** Calls once after so many milliseconds, of which there may be any number. Gives what cancels it. */
  after(ms: number, call: () => void): () => void;
}

/** Timers of Node hold 32 bits, 24.8 days: beyond, they fire at once. */
const LONGEST_TIMER_MS = 24 * 3_600_000;

/** The machine's. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
  random: Math.random,
  after: (ms, call) => {
    const due = performance.now() + ms;
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      const left = due - performance.now();
      const last = left <= LONGEST_TIMER_MS;
      timer = setTimeout(last ? call : arm, last ? Math.max(0, left) : LONGEST_TIMER_MS).unref();
    };
    arm();
    return () => {
      clearTimeout(timer);
    };
  },
};
