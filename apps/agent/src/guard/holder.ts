import { toMonotonic } from '../lease/monotonic.js';
import { ConsulCalls } from './consul-calls.js';

import type { HoldMessage } from './protocol.js';
import type { LeaseMessage } from '../lease/fence-book.js';

/** What holding needs. */
export interface HolderOptions {
  readonly hold: HoldMessage;
  readonly onProof: (message: LeaseMessage) => void;
  readonly onFailure: (error: unknown) => void;
}

const RELEASE_TIMEOUT_MS = 5_000;

/**
 * Keeps an agent's sessions and check alive while there is no agent: what is renewed here is proven as if the agent had
 * renewed it.
 */
export class Holder {
  readonly #hold: HoldMessage;
  readonly #onProof: HolderOptions['onProof'];
  readonly #consul: ConsulCalls;
  readonly #timers: readonly NodeJS.Timeout[];

  constructor({ hold, onProof, onFailure }: HolderOptions) {
    this.#hold = hold;
    this.#onProof = onProof;
    this.#consul = new ConsulCalls(hold.consul);
    const every = (ms: number, work: () => Promise<unknown>): NodeJS.Timeout => {
      const run = (): void => void work().catch(onFailure);
      run();
      return setInterval(run, ms);
    };
    const beatMs = hold.checkTtlMs / 3;
    this.#timers = [
      every(beatMs, () => this.#consul.pass(hold.checkId, beatMs)),
      every(hold.renewEveryMs, () => this.#renewExclusive()),
      every(hold.renewEveryMs, () => this.#consul.renew(hold.sharedSession, hold.renewEveryMs)),
    ];
  }

  /** Ends holding; the sessions live on for an agent to resume. */
  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  /** Ends the sessions: what they held is free. Nothing exclusive may run any more. */
  async release(): Promise<void> {
    this.stop();
    const { exclusiveSession, sharedSession, serviceId } = this.#hold;
    await Promise.all([
      this.#consul.destroy(exclusiveSession, RELEASE_TIMEOUT_MS),
      this.#consul.destroy(sharedSession, RELEASE_TIMEOUT_MS),
      this.#consul.deregister(serviceId, RELEASE_TIMEOUT_MS),
    ]);
  }

  async #renewExclusive(): Promise<void> {
    const sentAt = performance.now();
    const { exclusiveSession: session, fenceAfterMs, renewEveryMs } = this.#hold;
    if (!(await this.#consul.prove(session, renewEveryMs))) return;
    const provenAt = toMonotonic(sentAt);
    this.#onProof({ kind: 'renew', session, sentAt: provenAt, fenceAt: provenAt + fenceAfterMs });
  }
}
