import { GUARD_NAMES } from '../guard/protocol.js';
import { Pulse } from '../pulse.js';
import { GuardLink } from './guard-link.js';

import type { HoldMessage } from '../guard/protocol.js';
import type { LeaseMessage } from './fence-book.js';
import type { GuardLinkOptions } from './guard-link.js';

/** All guards of this host. */
export class Guards {
  readonly #links: readonly GuardLink[];
  readonly #arrivals = new Pulse();

  #askedUntil = 0;
  #message: HoldMessage | undefined;

  constructor(options: Omit<GuardLinkOptions, 'name' | 'onWelcome' | 'onAsked'>) {
    const onWelcome = (): void => {
      this.#arrivals.beat();
    };
    const onAsked = (until: number): void => {
      this.#askedUntil = Math.max(this.#askedUntil, until);
      if (this.#message !== undefined) this.hold(this.#message);
    };
    this.#links = GUARD_NAMES.map((name) => new GuardLink({ ...options, name, onWelcome, onAsked }));
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

  /** Resolves when every guard is there. Rejects with the reason of the signal that aborts first. */
  async complete(...signals: readonly AbortSignal[]): Promise<void> {
    while (!this.#links.every(({ isThere }) => isThere)) await this.#arrivals.next(...signals);
  }

  /** Keeps them until the signal aborts, and leaves them behind then. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#links.map((link) => link.run(signal)));
  }
}
