import type { Logger } from '@raftainer/logger';

/** How long removals are held back for definitions that were lost, in milliseconds: time to restore them. */
const HOLD_MS = 600_000;
/** What was seen is stored this seldom, in milliseconds; a rewind is far larger than what happens in between. */
const STORE_EVERY_MS = 60_000;
const FILE = 'consul-index.json';
/** Names in one line of the log at most. */
const SHOWN_NAMES = 20;

/** What noticing rewinds needs. */
export interface RewindsOptions {
  /** Milliseconds, by a clock that never jumps. */
  readonly clock: () => number;
  readonly logger: Logger;
  /** Remembers what was seen across restarts of the agent. */
  readonly store: {
    read(name: string): Promise<unknown>;
    write(name: string, value: unknown): Promise<void>;
  };
}

/** One read of all definitions. */
export interface SeenDefinitions {
  /** Consul's index of the read. */
  readonly index: number;
  readonly names: readonly string[];
}

/**
 * Notices that definitions are missing because Consul went back in time: its servers were rebuilt, or restored from a
 * backup, perhaps while this agent was down. Then nobody removed them, and nothing is taken down for it until they are back
 * or the hold is over. An index that falls while all definitions are there proves nothing: Consul forgets deletions after
 * a while, and a server that has just started may answer before it has read all of its log.
 */
export class Rewinds {
  readonly #options: RewindsOptions;
  #seen: SeenDefinitions | undefined;
  /** Known before Consul went back, and not seen since. */
  #lost: readonly string[] = [];
  #heldUntil = -Infinity;
  #storedAt = -Infinity;

  constructor(options: RewindsOptions) {
    this.#options = options;
  }

  /** Takes note of a read; true while missing definitions prove nothing. */
  async inDoubt(seen: SeenDefinitions): Promise<boolean> {
    const now = this.#options.clock();
    const before = this.#seen ?? (await this.#load());
    this.#seen = seen;
    if (seen.index < before.index) this.#wentBack(before, seen);
    this.#look(seen);
    if (seen.index !== before.index && now - this.#storedAt > STORE_EVERY_MS) await this.#save(seen, now);
    return this.#lost.length > 0 && now < this.#heldUntil;
  }

  #wentBack(before: SeenDefinitions, { index, names }: SeenDefinitions): void {
    const there = new Set(names);
    const lost = [...new Set([...this.#lost, ...before.names])].filter((name) => !there.has(name));
    if (lost.length === 0) return;
    this.#lost = lost;
    this.#heldUntil = this.#options.clock() + HOLD_MS;
    this.#options.logger.error(
      {
        ...{ index, seenBefore: before.index, holdMs: HOLD_MS },
        ...{ lost: lost.length, pods: lost.slice(0, SHOWN_NAMES) },
      },
      REWOUND,
    );
  }

  #look({ names }: SeenDefinitions): void {
    if (this.#lost.length === 0) return;
    const there = new Set(names);
    this.#lost = this.#lost.filter((name) => !there.has(name));
    if (this.#lost.length === 0)
      this.#options.logger.info({}, 'All definitions that Consul had lost are back');
  }

  async #load(): Promise<SeenDefinitions> {
    const stored = await this.#options.store.read(FILE);
    const { index, names } = (typeof stored === 'object' && stored !== null ? stored : {}) as Partial<
      Record<keyof SeenDefinitions, unknown>
    >;
    const isKnown = typeof index === 'number' && Array.isArray(names);
    return isKnown
      ? { index, names: names.filter((name) => typeof name === 'string') }
      : { index: 0, names: [] };
  }

  /** Not being able to remember is no reason not to work. */
  async #save(seen: SeenDefinitions, now: number): Promise<void> {
    this.#storedAt = now;
    await this.#options.store.write(FILE, seen).catch((error: unknown) => {
      this.#options.logger.warn(
        { error },
        'What Consul holds could not be remembered in the state directory',
      );
    });
  }
}

const REWOUND =
  'Consul lost or rewound its state; running pods without a definition are left alone for now. ' +
  'Apply the definitions again, or let the hold pass to have them removed';
