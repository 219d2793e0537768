import { createConsul } from '@raftainer/consul';

import { toMonotonic } from '../lease/monotonic.js';

import type { LeaseMessage } from '../lease/fence-book.js';
import type { HoldMessage } from './protocol.js';
import type { ConsulClient, ConsulOptions } from '@raftainer/consul';

/** What holding needs. */
export interface HolderOptions {
  readonly consul: ConsulOptions;
  readonly hold: HoldMessage;
  readonly onProof: (message: LeaseMessage) => void;
  readonly onFailure: (error: unknown) => void;
}

/**
 * Keeps an agent's sessions and check alive while there is no agent: what is renewed here is proven as if the agent had
 * renewed it.
 */
export class Holder {
  readonly #options: HolderOptions;
  readonly #consul: ConsulClient;
  readonly #timers: readonly NodeJS.Timeout[];

  constructor(options: HolderOptions) {
    this.#options = options;
    this.#consul = createConsul(options.consul);
    const { hold } = options;
    const every = (ms: number, work: () => Promise<void>): NodeJS.Timeout => {
      const run = (): void => void work().catch(options.onFailure);
      run();
      return setInterval(run, ms);
    };
    this.#timers = [
      every(hold.checkTtlMs / 3, () => this.#consul.services.ttl.pass(hold.checkId)),
      every(hold.renewEveryMs, () => this.#renewExclusive()),
      every(hold.renewEveryMs, async () => void (await this.#renew(hold.sharedSession))),
    ];
  }

  /** Ends holding; the sessions live on for an agent to resume. */
  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#consul.close();
  }

  /** Ends the sessions: what they held is free. Nothing exclusive may run any more. */
  async release(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    const { exclusiveSession, sharedSession, serviceId } = this.#options.hold;
    try {
      await Promise.all([
        this.#consul.sessions.destroy(exclusiveSession),
        this.#consul.sessions.destroy(sharedSession),
        this.#consul.services.deregister(serviceId),
      ]);
    } finally {
      this.#consul.close();
    }
  }

  async #renewExclusive(): Promise<void> {
    const sentAt = performance.now();
    const { exclusiveSession: session, fenceAfterMs } = this.#options.hold;
    if (!(await this.#renew(session))) return;
    this.#options.onProof({ kind: 'renew', session, fenceAt: toMonotonic(sentAt) + fenceAfterMs });
  }

  async #renew(session: string): Promise<boolean> {
    const { renewEveryMs } = this.#options.hold;
    const info = await this.#consul.sessions.renew(session, { timeoutMs: Math.ceil(renewEveryMs) });
    return info !== undefined;
  }
}
