import { TtlCache } from '@raftainer/ttl-cache';

import type { FailureView } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';
import type { RestartPolicy } from '@raftainer/pod-spec';

/** A failure to remember. */
export interface FailureNote {
  readonly revision: string;
  readonly code: string;
  readonly message: string;
  /** How the pod wants to be restarted; absent for claims that went elsewhere, which are tried again for ever. */
  readonly policy?: RestartPolicy;
}

/** How the memory works. */
export interface FailureMemoryOptions {
  /** Milliseconds; the same clock as the snapshot's `now`. */
  readonly clock: () => number;
  /** In [0, 1). Default `Math.random`. */
  readonly random?: () => number;
  /** How long a slot that used up its attempts is left to others, in milliseconds. Default 5 min. */
  readonly failedTtlMs?: number;
}

interface Remembered {
  readonly view: FailureView;
  /** When the failures of the current interval happened. */
  readonly times: readonly number[];
}

/** Claims that went elsewhere: nothing is wrong with the slot, so look again soon. */
const CLAIM_DELAY_MS = 500;
const CLAIM_MAX_DELAY_MS = 3_000;
const CLAIM_INTERVAL_MS = 60_000;

/**
 * Remembers per slot what failed, so that it is not tried again at once. Each further failure within the restart
 * policy's interval lengthens the delay exponentially; those older than the interval no longer count, and a changed
 * definition starts afresh. Not kept across a restart of the agent: a new agent tries afresh.
 */
export class FailureMemory {
  readonly #clock: () => number;
  readonly #random: () => number;
  readonly #failedTtlMs: number;
  readonly #failures: TtlCache<SlotId, Remembered>;

  constructor(options: FailureMemoryOptions) {
    this.#clock = options.clock;
    this.#random = options.random ?? Math.random;
    this.#failedTtlMs = options.failedTtlMs ?? 300_000;
    this.#failures = new TtlCache({ ttlMs: this.#failedTtlMs, maxEntries: 20_000, clock: options.clock });
  }

  /** Remembers a failure and returns when the slot may be tried again, in the clock's milliseconds. */
  record(slot: SlotId, note: FailureNote): number {
    const now = this.#clock();
    const intervalMs = note.policy?.intervalMs ?? CLAIM_INTERVAL_MS;
    const before = this.#failures.get(slot);
    const earlier = before?.view.revision === note.revision ? before.times : [];
    const times = [...earlier.filter((time) => time > now - intervalMs), now];
    const exhausted = note.policy !== undefined && times.length > note.policy.attempts;
    const delayMs = exhausted ? this.#failedTtlMs : this.#delayMs(times.length, note.policy);
    const { revision, code, message } = note;
    const view = {
      revision,
      code,
      message,
      attempts: times.length,
      retryAt: now + delayMs,
      retried: false,
      exhausted,
    };
    this.#failures.set(slot, { view, times }, { ttlMs: exhausted ? delayMs : delayMs + intervalMs });
    return view.retryAt;
  }

  /** Notes that the slot is being tried again: the next failure is a new one. */
  retrying(slot: SlotId): void {
    const failure = this.#failures.get(slot);
    const expiresAt = this.#failures.expiresAt(slot);
    if (failure === undefined || expiresAt === undefined || failure.view.exhausted) return;
    const ttlMs = expiresAt - this.#clock();
    if (ttlMs > 0)
      this.#failures.set(slot, { ...failure, view: { ...failure.view, retried: true } }, { ttlMs });
  }

  /** Forgets a slot that left this host for good. */
  forget(slot: SlotId): void {
    this.#failures.delete(slot);
  }

  /** Whether the slot's restarts are used up. */
  isExhausted(slot: SlotId): boolean {
    return this.#failures.get(slot)?.view.exhausted ?? false;
  }

  views(): ReadonlyMap<SlotId, FailureView> {
    return new Map(this.#failures.entries().map(([slot, { view }]) => [slot, view]));
  }

  /** delay × factor^(attempts − 1), at most the maximum, up to a fifth shorter so that slots do not return in step. */
  #delayMs(attempts: number, policy: RestartPolicy | undefined): number {
    const factor = policy?.backoff.factor ?? 2;
    const longest = policy?.backoff.maxDelayMs ?? CLAIM_MAX_DELAY_MS;
    const delay = Math.min(longest, (policy?.delayMs ?? CLAIM_DELAY_MS) * factor ** (attempts - 1));
    return delay * (1 - this.#random() / 5);
  }
}
