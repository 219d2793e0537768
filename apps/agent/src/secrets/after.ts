/** Timers of Node hold 32 bits, 24.8 days: beyond, they fire at once. */
const LONGEST_TIMER_MS = 24 * 3_600_000;

/** Calls once after so many milliseconds, of which there may be any number; gives what cancels it. Does not keep the process. */
export function after(delayMs: number, call: () => void): () => void {
  const dueAt = performance.now() + delayMs;
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    const leftMs = dueAt - performance.now();
    const isLast = leftMs <= LONGEST_TIMER_MS;
    timer = setTimeout(isLast ? call : arm, isLast ? Math.max(0, leftMs) : LONGEST_TIMER_MS);
    timer.unref();
  };
  arm();
  return () => {
    clearTimeout(timer);
  };
}
