import type { Interest, Watchers } from './watchers.js';

/** A read's answer and the index it reports. */
export interface ReadResult<T> {
  readonly index: number;
  readonly value: T;
}

/** A read that can be waited on. */
export interface Query<T> {
  readonly interests: readonly Interest[];
  readonly read: () => ReadResult<T>;
}

/** How long to wait, and for what. */
export interface Waiting {
  /** Answer once the index is beyond this; 0 = at once. */
  readonly minIndex: number;
  readonly waitMs: number;
  /** Ends the wait early: the client went away, or the server closes. */
  readonly signal: AbortSignal;
}

/**
 * Answers as soon as the query's index exceeds `minIndex`, or with the present state once the wait is over
 * (Consul's blocking query). A sixteenth of the wait is added at random, as Consul does, so that clients that
 * began together do not all come back together. The index is never 0, because a client would then not wait.
 */
export async function blockingQuery<T>(
  watchers: Watchers,
  query: Query<T>,
  waiting: Waiting,
): Promise<ReadResult<T>> {
  const deadline = waiting.minIndex > 0 ? startDeadline(waiting) : undefined;
  try {
    for (;;) {
      const result = query.read();
      const index = Math.max(result.index, 1);
      if (deadline === undefined || index > waiting.minIndex || deadline.passed())
        return { ...result, index };
      const wait = watchers.wait(query.interests);
      await Promise.race([wait.woken, deadline.reached]);
      wait.cancel();
    }
  } finally {
    deadline?.stop();
  }
}

interface Deadline {
  readonly reached: Promise<void>;
  passed(): boolean;
  stop(): void;
}

function startDeadline(waiting: Waiting): Deadline {
  let passed = waiting.signal.aborted;
  let stop = (): void => undefined;
  const reached = new Promise<void>((resolve) => {
    const end = (): void => {
      passed = true;
      resolve();
    };
    const timer = setTimeout(end, waiting.waitMs + Math.random() * (waiting.waitMs / 16));
    timer.unref();
    waiting.signal.addEventListener('abort', end, { once: true });
    stop = () => {
      clearTimeout(timer);
      waiting.signal.removeEventListener('abort', end);
    };
  });
  return { reached, passed: () => passed, stop };
}
