/** What an answer's index says. */
export interface Advance {
  /** The answer's index. */
  readonly index: number;
  /** Whether the state is news: the first answer, a higher index, or a lower one (servers were replaced). */
  readonly changed: boolean;
  /** How long after its start the next query may start, in milliseconds. */
  readonly quietMs: number;
}

/** Where a watch stands in Consul's history. */
export interface Position {
  /** Index for the next blocking query. */
  readonly queryIndex: number;
  /** Takes note of an answer; `early`: it was blocked on an index, and came before its wait was over. */
  advance(index: number, early: boolean): Advance;
  /** A query failed: the next answer may be another server's, with a history of its own. */
  lose(): void;
}

/** An answer that tells nothing new may come early now and then; a server that always does so is slowed down to this. */
const MAX_QUIET_MS = 1_000;

/**
 * Consul's rules for clients, from https://developer.hashicorp.com/consul/api-docs/features/blocking: go back to 0 when the
 * index falls, use 1 for 0, and limit the rate.
 */
export function createPosition(minIntervalMs: number): Position {
  let queryIndex = 0;
  let seen: number | undefined;
  let unchanged = 0;
  return {
    get queryIndex() {
      return queryIndex;
    },
    lose: () => {
      queryIndex = 0;
      seen = undefined;
    },
    advance: (index, early) => {
      const changed = seen === undefined || index !== seen;
      const fell = seen !== undefined && index < seen;
      unchanged = changed ? 0 : unchanged + 1;
      // An answer without news before its time: a snapshot may have been restored under the query, which Consul then ends
      // with what it knew before. Blocked on that index again, nothing would wake it until the wait is over.
      queryIndex = fell || (early && !changed) ? 0 : Math.max(1, index);
      seen = index;
      // The first unchanged answer is a wait that ran out, or the second look after a fall.
      const quietMs =
        unchanged < 2 ? minIntervalMs : Math.min(MAX_QUIET_MS, minIntervalMs * 2 ** (unchanged - 1));
      return { index, changed, quietMs };
    },
  };
}
