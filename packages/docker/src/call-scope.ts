import type { CallOptions } from './call-options.js';
import { DockerError } from './errors.js';
import { onAbort } from './on-abort.js';

/** Longest delay that Node's timers carry; a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** What bounds one call. */
export interface CallBounds extends CallOptions {
  /** Completes "Could not …" in messages. */
  readonly doing: string;
}

/**
 * The bounds of one call in one place: the caller's signal, the deadline and the closing of the client all abort
 * `signal`, with the error of the call as its reason. Exactly one `end()` releases timer and listener.
 *
 * Own code rather than `AbortSignal.any`, which in Node 20 keeps every composed signal alive for as long as a
 * long-lived source lives.
 */
export class CallScope {
  readonly #controller = new AbortController();
  readonly #doing: string;
  #timer: NodeJS.Timeout | undefined;
  readonly #unsubscribe: (() => void) | undefined;

  constructor(bounds: CallBounds) {
    this.#doing = bounds.doing;
    const { signal, timeoutMs = Infinity } = bounds;
    if (timeoutMs <= MAX_TIMER_MS) this.#timer = setTimeout(this.#onDeadline(timeoutMs), timeoutMs);
    if (signal === undefined) return;
    const giveUp = (): void => {
      this.fail(abortError(this.#doing, signal.reason));
    };
    if (signal.aborted) giveUp();
    else this.#unsubscribe = onAbort(signal, giveUp);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Aborts everything that listens to `signal`. Only the first error counts. */
  fail(error: unknown): void {
    this.#controller.abort(error);
  }

  /** From here on time does not matter, only the signal. */
  lift(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  end(): void {
    this.lift();
    this.#unsubscribe?.();
  }

  /** What `work` gives, or the scope's error as soon as it is aborted, whatever becomes of `work`. */
  async race<T>(work: Promise<T>): Promise<T> {
    const { signal } = this;
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        reject(signal.reason as Error);
      };
      const unsubscribe = onAbort(signal, giveUp);
      if (signal.aborted) giveUp();
      work.then(resolve, reject).finally(unsubscribe);
    });
  }

  #onDeadline(timeoutMs: number): () => void {
    return () => {
      this.fail(
        new DockerError(
          'DOCKER_TIMEOUT',
          `Could not ${this.#doing}: the engine did not answer within ${timeoutMs} ms. Check the load and the log of the engine.`,
        ),
      );
    };
  }
}

/** A reason that is an error of ours is passed on: inner calls then fail for the outer call's reason. */
function abortError(doing: string, reason: unknown): unknown {
  if (reason instanceof DockerError) return reason;
  return new DockerError('DOCKER_ABORTED', `Could not ${doing}: the caller gave up.`, { cause: reason });
}
