import { ConstraintsError } from '../constraints-error.js';

/** How long one caller waits. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Default 15 s. */
  readonly timeoutMs?: number | undefined;
}

const DEFAULT_TIMEOUT_MS = 15_000;

/**
 * Waits for work that others may share: leaving does not stop it. Leaves no timer and no listener behind.
 *
 * @throws ConstraintsError `CONSTRAINTS_PROBE_TIMEOUT` or `CONSTRAINTS_PROBE_ABORTED`
 */
export async function within<T>(work: Promise<T>, what: string, options: CallOptions = {}): Promise<T> {
  const { signal, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  // Who leaves early must not turn a later failure of the work into an unhandled rejection.
  work.catch(() => undefined);
  if (signal?.aborted === true) throw aborted(what, signal);
  let cleanUp = (): void => undefined;
  const left = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => {
      reject(timedOut(what, timeoutMs));
    }, timeoutMs);
    const leave = (): void => {
      reject(aborted(what, signal));
    };
    signal?.addEventListener('abort', leave, { once: true });
    cleanUp = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', leave);
    };
  });
  try {
    return await Promise.race([work, left]);
  } finally {
    cleanUp();
  }
}

function timedOut(what: string, timeoutMs: number): ConstraintsError {
  const message = `${what}: no answer within ${timeoutMs} ms; try again, or allow more time.`;
  return new ConstraintsError('CONSTRAINTS_PROBE_TIMEOUT', message);
}

function aborted(what: string, signal: AbortSignal | undefined): ConstraintsError {
  const message = `${what}: the caller stopped waiting.`;
  return new ConstraintsError('CONSTRAINTS_PROBE_ABORTED', message, { cause: signal?.reason });
}
