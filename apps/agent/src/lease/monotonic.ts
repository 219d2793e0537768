/**
 * Milliseconds of the machine's monotonic clock, which all processes of a host share and nobody can set. Deadlines that
 * one process tells another are in it. (It goes on while processes are frozen, not while the machine itself sleeps.)
 */
export function monotonicNow(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000;
}

/** The same moment as one of `performance.now()`. */
export function toMonotonic(performanceMs: number): number {
  return monotonicNow() - (performance.now() - performanceMs);
}
