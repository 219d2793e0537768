import { monotonicNow, toMonotonic } from '../lease/monotonic.js';

import type { Proof } from '../lease/fence-book.js';
import type { ConsulCalls } from './consul-calls.js';
import type { HoldMessage } from './protocol.js';

/** What holding needs. */
export interface HolderOptions {
  readonly hold: HoldMessage;
  readonly consul: ConsulCalls;
  /** Nothing is renewed after this moment, in monotonic milliseconds, whatever anybody is told or not. */
  readonly until: number;
  readonly onProof: (proof: Proof) => void;
  /** Consul has ended the exclusive session: there is nothing left to hold. */
  readonly onLost: () => void;
  readonly onFailure: (error: unknown) => void;
}

/**
 * Keeps an agent's sessions and checks alive while there is no agent: what is renewed here is proven as if the agent had
 * renewed it. Its end is known from the start; every renewal looks at it anew.
 */
export class Holder {
  readonly #options: HolderOptions;
  readonly #timers: readonly NodeJS.Timeout[];
  #until: number;
  #stopped = false;

  constructor(options: HolderOptions) {
    this.#options = options;
    this.#until = options.until;
    const { hold, consul } = options;
    const { beats, renewEveryMs, sharedSession } = hold;
    this.#timers = [
      ...beats.map(({ checkId, everyMs }) => this.#every(everyMs, () => consul.pass(checkId, everyMs))),
      this.#every(renewEveryMs, () => this.#renewExclusive()),
      this.#every(renewEveryMs, () => consul.renew(sharedSession, renewEveryMs)),
    ];
  }

  /** The latest end that it has. */
  get until(): number {
    return this.#until;
  }

  /** Another end, known from now on. */
  extend(until: number): void {
    this.#until = Math.max(this.#until, until);
  }

  /** Ends holding; the sessions live on for an agent to resume. */
  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) clearInterval(timer);
  }

  #every(ms: number, work: () => Promise<unknown>): NodeJS.Timeout {
    const run = (): void => {
      if (this.#stopped || monotonicNow() >= this.#until) return;
      work().catch((error: unknown) => {
        if (!this.#stopped) this.#options.onFailure(error);
      });
    };
    run();
    return setInterval(run, ms);
  }

  async #renewExclusive(): Promise<void> {
    const sentAt = performance.now();
    const { hold, consul, onProof, onLost } = this.#options;
    const { exclusiveSession: session, fenceAfterMs, renewEveryMs } = hold;
    const lives = await consul.prove(session, renewEveryMs);
    if (this.#stopped) return;
    const provenAt = toMonotonic(sentAt);
    if (lives) onProof({ kind: 'renew', session, sentAt: provenAt, fenceAt: provenAt + fenceAfterMs });
    else onLost();
  }
}
