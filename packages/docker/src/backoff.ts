/** Bounds of growing delays. */
export interface BackoffOptions {
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
}

/**
 * Delay before the attempt after `failures` failures in a row (1 or more): doubling, with the upper half random, so that
 * many clients of one engine do not come back in step.
 */
export function backoffMs(
  failures: number,
  options: BackoffOptions,
  random: () => number = Math.random,
): number {
  // 2 ** 30 is far beyond any maximum and still a number.
  const full = Math.min(options.maxDelayMs, options.minDelayMs * 2 ** Math.min(failures - 1, 30));
  return full / 2 + (random() * full) / 2;
}
