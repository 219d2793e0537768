import type { Query, ReadResult } from './blocking-query.js';

/** What tells whether anything changed. */
export interface Indexed {
  readonly index: number;
}

/**
 * Reads that many ask for at the same moment are worked out once: a commit wakes everyone who waits for it, and all of them
 * ask for the same. What was read is kept until the next commit.
 */
export class SharedReads {
  readonly #state: Indexed;
  readonly #results = new Map<string, ReadResult<unknown>>();
  #index = -1;

  constructor(state: Indexed) {
    this.#state = state;
  }

  /** The same query, whose reads are shared with all that have this name. */
  share<T>(name: string, { interests, read }: Query<T>): Query<T> {
    return { interests, read: () => this.#read(name, read) };
  }

  #read<T>(name: string, read: () => ReadResult<T>): ReadResult<T> {
    if (this.#index !== this.#state.index) this.#results.clear();
    this.#index = this.#state.index;
    const known = this.#results.get(name) as ReadResult<T> | undefined;
    if (known !== undefined) return known;
    const result = read();
    this.#results.set(name, result);
    return result;
  }
}
