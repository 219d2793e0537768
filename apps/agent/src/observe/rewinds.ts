import type { Logger } from '@raftainer/logger';

/** How long removals are held back after the store went back in time, in milliseconds: time to restore what was lost. */
const HOLD_MS = 600_000;
/** The index is stored this seldom, in milliseconds; a rewind is far larger than what happens in between. */
const STORE_EVERY_MS = 60_000;
const FILE = 'consul-index.json';

/** What noticing rewinds needs. */
export interface RewindsOptions {
  /** Milliseconds, by a clock that never jumps. */
  readonly clock: () => number;
  readonly logger: Logger;
  /** Remembers the index across restarts of the agent. */
  readonly store: {
    read(name: string): Promise<unknown>;
    write(name: string, value: unknown): Promise<void>;
  };
}

/**
 * Notices that Consul's index went back: its servers were rebuilt, or restored from a backup, perhaps while this agent
 * was down. A definition that is missing after that was perhaps never removed by anybody, so nothing is taken down for
 * it until the hold is over.
 */
export class Rewinds {
  readonly #options: RewindsOptions;
  #highest: number | undefined;
  #heldUntil = -Infinity;
  #storedAt = -Infinity;

  constructor(options: RewindsOptions) {
    this.#options = options;
  }

  /** Takes note of the index of a read; true while missing definitions prove nothing. */
  async inDoubt(index: number): Promise<boolean> {
    const now = this.#options.clock();
    const highest = this.#highest ?? (await this.#load());
    if (index < highest) {
      this.#heldUntil = now + HOLD_MS;
      this.#options.logger.error({ index, seenBefore: highest, holdMs: HOLD_MS }, REWOUND);
    }
    this.#highest = index;
    if (index !== highest && now - this.#storedAt > STORE_EVERY_MS) await this.#save(index, now);
    return now < this.#heldUntil;
  }

  async #load(): Promise<number> {
    const stored = await this.#options.store.read(FILE);
    const known = typeof stored === 'object' && stored !== null && 'index' in stored ? stored.index : 0;
    return typeof known === 'number' ? known : 0;
  }

  /** Not being able to remember is no reason not to work. */
  async #save(index: number, now: number): Promise<void> {
    this.#storedAt = now;
    await this.#options.store.write(FILE, { index }).catch((error: unknown) => {
      this.#options.logger.warn({ error }, "Consul's index could not be stored in the state directory");
    });
  }
}

const REWOUND =
  'Consul lost or rewound its state; running pods without a definition are left alone for now. ' +
  'Apply the definitions again, or let the hold pass to have them removed';
