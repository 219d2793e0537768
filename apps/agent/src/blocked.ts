import { codeOf, messageOf } from './agent-error.js';

import type { HostRecord } from '@raftainer/cluster';

/** What noticing needs. */
export interface BlockedOptions {
  /** Cycles that fail for longer than this are told to everybody, in milliseconds. */
  readonly patienceMs: number;
  /** Milliseconds, by a clock that never jumps. */
  readonly clock: () => number;
  /** Writes this host's record anew. */
  readonly publish: () => Promise<boolean>;
}

/** As much of a message as a table can bear. */
const SHOWN = 200;

/**
 * A host whose cycles cannot observe does nothing, and looks well to everybody: its agent lives and renews its claims.
 * After a while its record says so, with the reason. What it holds stays: nobody knows more of it.
 */
export class Blocked {
  readonly #options: BlockedOptions;
  #failsSince: { readonly at: number; readonly date: Date } | undefined;
  #warning: string | undefined;
  #published = true;

  constructor(options: BlockedOptions) {
    this.#options = options;
  }

  /** What the host's record says of it. */
  get record(): Pick<HostRecord, 'warnings'> {
    return this.#warning === undefined ? {} : { warnings: [this.#warning] };
  }

  /** A cycle could not observe. */
  failed(error: unknown): void {
    const { clock, patienceMs } = this.#options;
    this.#failsSince ??= { at: clock(), date: new Date() };
    // While there is no session there is nothing to publish under, and others see that.
    const isTold = this.#warning !== undefined || codeOf(error) === 'AGENT_NO_SESSION';
    if (!isTold && clock() - this.#failsSince.at >= patienceMs) {
      const why = messageOf(error).slice(0, SHOWN);
      this.#warning = `its agent has done nothing since ${this.#failsSince.date.toISOString()}: ${why}`;
      this.#published = false;
    }
    this.#publish();
  }

  /** A cycle observed the whole. */
  succeeded(): void {
    this.#failsSince = undefined;
    if (this.#warning !== undefined) this.#published = false;
    this.#warning = undefined;
    this.#publish();
  }

  #publish(): void {
    if (this.#published) return;
    this.#published = true;
    void this.#options.publish().then((isWritten) => {
      this.#published &&= isWritten;
    });
  }
}
