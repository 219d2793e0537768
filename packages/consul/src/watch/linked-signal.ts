import { allowManyListeners } from '../transport/allow-many-listeners.js';

/** A signal that follows others for a while. */
export interface LinkedSignal {
  readonly signal: AbortSignal;
  /** Aborts it. */
  abort(reason?: unknown): void;
  /** Lets go of the others. `AbortSignal.any` would hold on to long-lived ones. */
  unlink(): void;
}

/** Aborts when any of `parents` does. */
export function linkSignals(...parents: readonly (AbortSignal | undefined)[]): LinkedSignal {
  const controller = new AbortController();
  const present = parents.filter((parent) => parent !== undefined);
  const follow = (event: Event): void => {
    controller.abort((event.target as AbortSignal).reason);
  };
  for (const parent of present) {
    if (parent.aborted) controller.abort(parent.reason);
    else {
      allowManyListeners(parent);
      parent.addEventListener('abort', follow, { once: true });
    }
  }
  return {
    signal: controller.signal,
    abort: (reason) => {
      controller.abort(reason);
    },
    unlink: () => {
      for (const parent of present) parent.removeEventListener('abort', follow);
    },
  };
}
