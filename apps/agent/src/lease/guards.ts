import { GUARD_NAMES } from '../guard/protocol.js';
import { Pulse } from '../pulse.js';
import { GuardLink } from './guard-link.js';

import type { HoldMessage } from '../guard/protocol.js';
import type { LeaseMessage } from './fence-book.js';
import type { GuardLinkOptions } from './guard-link.js';

/** How long a guard of another version waits for the first of this one. */
const REPLACED_WITHIN_MS = 1_000;

/** All guards of this host. */
export class Guards {
  readonly #links: readonly GuardLink[];
  readonly #arrivals = new Pulse();
  #replacingSince: number | undefined;

  #askedUntil = 0;
  #message: HoldMessage | undefined;

  constructor(options: Omit<GuardLinkOptions, 'name' | 'onWelcome' | 'onAsked'>) {
    const onWelcome = (): void => {
      this.#arrivals.beat();
      for (const link of this.#links) link.replace();
    };
    const onAsked = (until: number): void => {
      this.#askedUntil = Math.max(this.#askedUntil, until);
      if (this.#message !== undefined) this.hold(this.#message);
    };
    this.#links = GUARD_NAMES.map((name, at) => {
      const mayReplace = (): boolean => this.#isOneThereBefore(at);
      return new GuardLink({ ...options, name, onWelcome, onAsked, mayReplace });
    });
  }

  tell(message: LeaseMessage): void {
    for (const link of this.#links) link.tell(message);
  }

  /** Containers have so long to end, from the next fence on. */
  adopt(stopTimeoutMs: number): void {
    for (const link of this.#links) link.adopt(stopTimeoutMs);
  }

  hold(message: HoldMessage): void {
    this.#message = message;
    const { askedUntil = 0 } = message;
    this.#askedUntil = Math.max(this.#askedUntil, askedUntil);
    // What an agent before this one was asked for, of which only its guards knew.
    const asked = this.#askedUntil === 0 ? {} : { askedUntil: this.#askedUntil };
    for (const link of this.#links) link.hold({ ...message, ...asked });
  }

  retire(): void {
    for (const link of this.#links) link.retire();
  }

  /**
   * Guards of another version are replaced one after the other, so that an agent which is killed meanwhile leaves one. They
   * are told of no proofs and would stop what runs, so the last does not wait for long.
   */
  #isOneThereBefore(at: number): boolean {
    this.#replacingSince ??= performance.now();
    const isLate = performance.now() - this.#replacingSince >= REPLACED_WITHIN_MS;
    return isLate || this.#links.slice(0, at).every(({ isThere }) => isThere);
  }

  /** Resolves when every guard is there. Rejects with the reason of the signal that aborts first. */
  async complete(...signals: readonly AbortSignal[]): Promise<void> {
    while (!this.#links.every(({ isThere }) => isThere)) await this.#arrivals.next(...signals);
  }

  /** Keeps them until the signal aborts, and leaves them behind then. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#links.map((link) => link.run(signal)));
  }
}
