import type { CallScope } from './call-scope.js';
import type { Engine } from './engine.js';
import { DockerError } from './errors.js';
import type { PullOptions, PullProgress } from './images.js';
import { pullImage } from './pull-image.js';

const DEFAULT_STALL_TIMEOUT_MS = 60_000;

/** A pull under way and those who wait for it. */
interface SharedPull {
  readonly controller: AbortController;
  readonly waiters: Map<CallScope, ((progress: PullProgress) => void) | undefined>;
  readonly done: Promise<void>;
}

/** One pull at a time for each image and set of credentials; a pull ends early when its last waiter leaves. */
export class SharedPulls {
  readonly #engine: Engine;
  readonly #pulls = new Map<string, SharedPull>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async pull(reference: string, options: PullOptions): Promise<void> {
    await this.#engine.within(`pull image ${reference}`, options, async (scope) => {
      const key = keyOf(reference, options);
      const shared = this.#pulls.get(key) ?? this.#begin(key, reference, options);
      shared.waiters.set(scope, options.onProgress);
      try {
        await scope.race(shared.done);
      } finally {
        shared.waiters.delete(scope);
        if (shared.waiters.size === 0) this.#abandon(key, shared);
      }
    });
  }

  #begin(key: string, reference: string, options: PullOptions): SharedPull {
    const controller = new AbortController();
    const waiters: SharedPull['waiters'] = new Map();
    const { credentials, stallTimeoutMs = DEFAULT_STALL_TIMEOUT_MS } = options;
    const done = pullImage(this.#engine, {
      reference,
      ...(credentials && { credentials }),
      stallTimeoutMs,
      signal: controller.signal,
      onProgress: (progress) => {
        for (const [scope, listener] of waiters) tell(scope, listener, progress);
      },
    }).finally(() => {
      this.#forget(key, shared);
    });
    done.catch(() => undefined);
    const shared: SharedPull = { controller, waiters, done };
    this.#pulls.set(key, shared);
    return shared;
  }

  /** Forgotten at once, so that a caller who comes now starts anew instead of joining what is being aborted. */
  #abandon(key: string, shared: SharedPull): void {
    this.#forget(key, shared);
    shared.controller.abort();
  }

  #forget(key: string, shared: SharedPull): void {
    if (this.#pulls.get(key) === shared) this.#pulls.delete(key);
  }
}

/** A listener that throws ends the wait of its own caller only. */
function tell(
  scope: CallScope,
  listener: ((progress: PullProgress) => void) | undefined,
  progress: PullProgress,
): void {
  try {
    listener?.(progress);
  } catch (error) {
    scope.fail(
      new DockerError('DOCKER_ABORTED', 'Could not go on pulling: onProgress threw.', { cause: error }),
    );
  }
}

function keyOf(reference: string, { credentials }: PullOptions): string {
  return JSON.stringify([
    reference,
    credentials?.username,
    credentials?.password,
    credentials?.serverAddress,
  ]);
}
