import { CliError } from '../cli-error.js';
import type { SlotView } from '../fleet/pod-view.js';

/** How often a slot may fail and be tried again before waiting for it is given up. */
const MAX_BACKOFFS = 3;

/**
 * How long a slot must be refused by all hosts, or have failed with an older revision, before waiting is given up:
 * the answer may still be about the definition before.
 */
const LASTING_MS = 10_000;

/** Tells a slot that fails for good from one that is only slow, over several looks. */
export class FailureWatch {
  readonly #backoffs = new Map<string, Set<string>>();
  readonly #doubtfulSince = new Map<string, number>();

  /** `now` is monotonic, in milliseconds. Throws `CLI_WAIT_FAILED` with the reason. */
  check(slots: readonly SlotView[], now: number): void {
    for (const slot of slots) {
      const reason = slot.desired ? this.#failureOf(slot, now) : undefined;
      if (reason !== undefined) {
        const because = slot.why.length === 0 ? '' : `: ${slot.why.join('; ')}`;
        throw new CliError('CLI_WAIT_FAILED', `${slot.slot} ${reason}${because}`, {
          details: { slot: slot.slot, phase: slot.phase, why: slot.why },
        });
      }
    }
  }

  #failureOf(slot: SlotView, now: number): string | undefined {
    const where = `on ${slot.host ?? 'its host'}`;
    if (this.#countBackoffs(slot) >= MAX_BACKOFFS) {
      return `failed ${MAX_BACKOFFS} times ${where}`;
    }
    const hasFailed = slot.phase === 'failed' && slot.answersDefinition;
    if (hasFailed && slot.upToDate) {
      return `failed ${where}`;
    }
    if (!this.#lasts(slot, now)) {
      return undefined;
    }
    return hasFailed ? `failed ${where}` : 'is refused by every host';
  }

  /** A slot that fails again says so with a new `since`; failures between two looks are known from `restarts`. */
  #countBackoffs(view: SlotView): number {
    const { slot, since, restarts, answersDefinition } = view;
    const seen = this.#backoffs.get(slot) ?? new Set<string>();
    if (!answersDefinition || !isFailing(view)) return seen.size;
    this.#backoffs.set(slot, seen.add(since ?? ''));
    return Math.max(seen.size, restarts);
  }

  #lasts({ slot, refused, phase, answersDefinition }: SlotView, now: number): boolean {
    if (!refused && !(phase === 'failed' && answersDefinition)) {
      this.#doubtfulSince.delete(slot);
      return false;
    }
    const since = this.#doubtfulSince.get(slot) ?? now;
    this.#doubtfulSince.set(slot, since);
    return now - since >= LASTING_MS;
  }
}

/** Between two attempts; or it goes on serving as before an edit that could not be made. */
function isFailing({ phase, upToDate, reason }: SlotView): boolean {
  return phase === 'backoff' || (!upToDate && reason !== undefined);
}
