import type { LeaseMessage } from '../lease/fence-book.js';

/** Which slot a container is of, by the id of the slot's main service: for containers that were seen running. */
export class FencedSlots {
  #slots = new Map<string, string>();

  learn(message: LeaseMessage): void {
    // What was told last is what runs; what has just ended may still have to leave discovery.
    if (message.kind === 'containers' && message.slots !== undefined)
      this.#slots = new Map([...this.#slots, ...Object.entries(message.slots)].slice(-MOST_KNOWN));
  }

  of(containers: readonly string[]): ReadonlySet<string> {
    return new Set(containers.flatMap((id) => this.#slots.get(id) ?? []));
  }
}

/** More than a host has. */
const MOST_KNOWN = 5_000;
