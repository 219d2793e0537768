import { LeaseClock, machineClocks } from './lease-clock.js';

const clock = new LeaseClock(machineClocks());

/**
 * Milliseconds of a clock that all processes of a host share, that nobody can set, and that goes on while processes are
 * frozen and while the machine is suspended. Deadlines that one process tells another are in it.
 */
export function monotonicNow(): number {
  return clock.now();
}

/** The same moment as one of `performance.now()`, told right also when the machine slept since. */
export function toMonotonic(performanceMs: number): number {
  return clock.at(Number(process.hrtime.bigint() / 1_000n) / 1_000 - (performance.now() - performanceMs));
}
