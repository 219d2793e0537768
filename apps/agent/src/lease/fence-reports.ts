import { FENCE_WORDS } from '../guard/fence-deeds.js';
import { monotonicNow } from './monotonic.js';

import type { FenceEvent } from '../guard/fence-deeds.js';
import type { Logger } from '@raftainer/logger';

/** Agent and guards act within moments of each other; whatever comes later than this is another event. */
const SAME_EVENT_MS = 30_000;

/**
 * What was done to containers whose claims cannot be proven, logged once: agent and guards act by the same rule at the
 * same time, and each of them tells.
 */
export class FenceReports {
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #toldAt = new Map<string, number>();
  readonly #said = new Set<string>();

  constructor(logger: Logger, now: () => number = monotonicNow) {
    this.#logger = logger;
    this.#now = now;
  }

  /** What guards may not do that they should, said once: both lack the same, and so do those that replace them. */
  tellLacks(lacks: readonly string[]): void {
    for (const lack of lacks)
      if (!this.#said.has(lack)) this.#logger.warn({}, `The guards do not stand out: ${lack}`);
    for (const lack of lacks) this.#said.add(lack);
  }

  /** `by`: who did it first, the agent or one of its guards. */
  tell(event: FenceEvent, by: string): void {
    const now = this.#now();
    for (const [told, at] of this.#toldAt) if (now - at > SAME_EVENT_MS) this.#toldAt.delete(told);
    const key = `${event.action} ${event.container}`;
    if (this.#toldAt.has(key)) return;
    this.#toldAt.set(key, now);
    this.#logger.warn({ ...event, by }, FENCE_WORDS[event.action]);
  }
}
