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

  constructor(options: Omit<GuardLinkOptions, 'name' | 'onWelcome'>) {
    const onWelcome = (): void => {
      this.#arrivals.beat();
    };
    this.#links = GUARD_NAMES.map((name) => new GuardLink({ ...options, name, onWelcome }));
  }

  tell(message: LeaseMessage): void {
    for (const link of this.#links) link.tell(message);
  }

  hold(message: HoldMessage): void {
    for (const link of this.#links) link.hold(message);
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
