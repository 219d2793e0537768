import type { LeaseMessage } from '../lease/fence-book.js';

/** Which slot a container is of, by the id of the slot's main service: for containers that are started, or were seen running. */
export class FencedSlots {
  #slots = new Map<string, string>();

  learn(message: LeaseMessage): void {
    const told = message.kind === 'containers' ? Object.entries(message.slots ?? {}) : startOf(message);
    // What was told last is what runs; what has just ended may still have to leave discovery.
    if (told.length > 0) this.#slots = new Map([...this.#slots, ...told].slice(-MOST_KNOWN));
  }

  of(containers: readonly string[]): ReadonlySet<string> {
    return new Set(containers.flatMap((id) => this.#slots.get(id) ?? []));
  }
}

function startOf(message: LeaseMessage): readonly (readonly [string, string])[] {
  return message.kind === 'starting' && message.slot !== undefined ? [[message.container, message.slot]] : [];
}

/** More than a host has. */
const MOST_KNOWN = 5_000;
