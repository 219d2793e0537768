import type { SlotView } from '../fleet/pod-view.js';

/** Without a health check, a container that ends at once looks well for a moment: so long it has to go on. */
const SETTLE_MS = 3000;

/** A slot that runs for so long by its holder's clock has settled, whatever the difference to ours. */
const OLD_MS = 60_000;

/** The time of one look. */
export interface Look {
  /** Milliseconds since the epoch. */
  readonly wallClock: number;
  /** Milliseconds, never set back. */
  readonly monotonic: number;
}

interface Seen {
  readonly state: string;
  readonly at: number;
}

/** Tells slots that are well and stay so from those that only just started, over several looks. */
export class Settling {
  readonly #seen = new Map<string, Seen>();

  /** Whether a slot is ready, and, when only its containers' running tells so, has been for a while. */
  isSettled(view: SlotView, { wallClock, monotonic }: Look): boolean {
    const { slot, ready, phase, revision = '', restarts, since = '' } = view;
    if (!ready || phase !== 'running') {
      this.#seen.delete(slot);
      return ready;
    }
    const state = `${revision} ${restarts} ${since}`;
    const before = this.#seen.get(slot);
    const first = before?.state === state ? before : { state, at: monotonic };
    this.#seen.set(slot, first);
    return monotonic - first.at >= SETTLE_MS || wallClock - Date.parse(since) >= OLD_MS;
  }
}
