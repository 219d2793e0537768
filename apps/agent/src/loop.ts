import type { Plan, Snapshot } from '@raftainer/planner';

import type { Wake } from './wake.js';

/** How long the parts of one cycle took, in milliseconds. */
export interface CycleTimes {
  readonly observeMs: number;
  readonly planMs: number;
}

/** The three steps and what surrounds them. */
export interface LoopParts {
  /** Reads everything, or throws: a failed read is never an empty one. */
  readonly observe: (signal: AbortSignal) => Promise<Snapshot>;
  /** Decides; pure. */
  readonly plan: (snapshot: Snapshot) => Plan;
  /** Hands the work to the slots' lanes and returns; nothing flows back but through the next observation. */
  readonly act: (plan: Plan, snapshot: Snapshot) => void;
  readonly onFailure: (error: unknown) => void;
  readonly onSuccess: (times: CycleTimes) => void;
}

/** Observe, plan, act: one cycle at a time, until the signal aborts. A cycle that cannot observe does nothing. */
export async function runLoop(parts: LoopParts, wake: Wake, signal: AbortSignal): Promise<void> {
  let failures = 0;
  while (await wake.next(signal)) {
    const startedAt = performance.now();
    try {
      const snapshot = await parts.observe(signal);
      // What is read to the end in the moment of the stop is not acted on: whatever acts has been closed.
      signal.throwIfAborted();
      const observedAt = performance.now();
      const decision = parts.plan(snapshot);
      const planMs = performance.now() - observedAt;
      parts.act(decision, snapshot);
      parts.onSuccess({ observeMs: observedAt - startedAt, planMs });
      failures = 0;
    } catch (error: unknown) {
      if (signal.aborted) return;
      parts.onFailure(error);
      failures += 1;
      wake.request(retryDelayMs(failures));
    }
    wake.rest(performance.now() - startedAt);
  }
}

const MAX_RETRY_DELAY_MS = 5_000;

/** 100 ms, doubling up to 5 s, half of it random so that hosts do not come back in step. */
function retryDelayMs(failures: number): number {
  const delay = Math.min(MAX_RETRY_DELAY_MS, 100 * 2 ** (failures - 1));
  return delay / 2 + (Math.random() * delay) / 2;
}
