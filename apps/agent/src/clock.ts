/**
 * Milliseconds since the epoch as they would be had the wall clock never been set since this process started:
 * for durations and deadlines, which a jumping clock must not change.
 */
export function steadyNow(): number {
  return performance.timeOrigin + performance.now();
}
