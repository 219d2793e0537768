import { setTimeout as sleep } from 'node:timers/promises';

/** How patiently {@link eventually} tries. */
export interface EventuallyOptions {
  /** Give up after this long. Default 10 s. */
  readonly timeoutMs?: number;
  /** Pause between two tries. Default 50 ms. */
  readonly intervalMs?: number;
}

/**
 * Tries `attempt` until it neither throws nor returns `false`, and returns what it returned. Both styles work: an
 * assertion that throws (`expect(…)`), and a condition.
 *
 * @throws what the last try threw, or an Error that says how long `false` was returned. A try that is under way at the
 * deadline is awaited: `attempt` needs its own deadline for I/O.
 */
export async function eventually<T>(
  attempt: () => T | Promise<T>,
  options: EventuallyOptions = {},
): Promise<Exclude<T, false>> {
  const { timeoutMs = 10_000, intervalMs = 50 } = options;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const outcome = await settle(attempt);
    if (!('error' in outcome) && outcome.value !== false) return outcome.value as Exclude<T, false>;
    if (performance.now() >= deadline) {
      throw 'error' in outcome ? outcome.error : new Error(`Still false after ${String(timeoutMs)} ms.`);
    }
    await sleep(intervalMs);
  }
}

type Outcome<T> = { readonly value: T } | { readonly error: unknown };

async function settle<T>(attempt: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await attempt() };
  } catch (error: unknown) {
    return { error };
  }
}
