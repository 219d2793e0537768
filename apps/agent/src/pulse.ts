/** Beats now and then; whoever waits gets the next beat. */
export class Pulse {
  #waiting = new Set<() => void>();

  /** Wakes everyone who waits. */
  beat(): void {
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const wake of waiting) wake();
  }

  /** Resolves at the next beat. Rejects with the signal's reason when it aborts first. */
  async next(signal: AbortSignal): Promise<void> {
    const waiting = this.#waiting;
    let wake: () => void = () => undefined;
    let stop: () => void = () => undefined;
    const promise = new Promise<void>((resolve, reject) => {
      wake = resolve;
      stop = () => {
        reject(signal.reason as Error);
      };
    });
    // The caller may fail before it waits; that is not an unhandled rejection.
    promise.catch(() => undefined);
    waiting.add(wake);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    try {
      await promise;
    } finally {
      waiting.delete(wake);
      this.#waiting.delete(wake);
      signal.removeEventListener('abort', stop);
    }
  }
}
