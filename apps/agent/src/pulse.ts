/** Beats now and then; whoever waits gets the next beat. */
export class Pulse {
  #waiting = new Set<() => void>();

  /** Wakes everyone who waits. */
  beat(): void {
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const wake of waiting) wake();
  }

  /** Resolves at the next beat. Rejects with the reason of the signal that aborts first. */
  async next(...signals: readonly AbortSignal[]): Promise<void> {
    const waiting = this.#waiting;
    let wake: () => void = () => undefined;
    let stop: (event: { readonly target: unknown }) => void = () => undefined;
    const promise = new Promise<void>((resolve, reject) => {
      wake = resolve;
      stop = ({ target }) => {
        reject((target as AbortSignal).reason as Error);
      };
    });
    // The caller may fail before it waits; that is not an unhandled rejection.
    promise.catch(() => undefined);
    waiting.add(wake);
    for (const signal of signals) {
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) stop({ target: signal });
    }
    try {
      await promise;
    } finally {
      waiting.delete(wake);
      this.#waiting.delete(wake);
      for (const signal of signals) signal.removeEventListener('abort', stop);
    }
  }
}
