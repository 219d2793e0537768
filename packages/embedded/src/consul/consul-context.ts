import type { Store } from './state/store.js';
import { blockingQuery, type Query, type ReadResult } from './watch/blocking-query.js';
import type { SharedReads } from './watch/shared-reads.js';
import type { Watchers } from './watch/watchers.js';
import type { Call } from './wire/call.js';
import { checkReach, waitOptions } from './wire/query-options.js';

/** Who the server is, as it shows itself. */
export interface Identity {
  readonly nodeName: string;
  readonly nodeId: string;
  readonly datacenter: string;
  /** Address of the node in the catalog, without a port. */
  readonly address: string;
}

/** Milliseconds since the epoch that never run backwards while the process lives. */
export type Clock = () => number;

/** What routes work on. */
export interface ConsulContext {
  readonly store: Store;
  readonly watchers: Watchers;
  readonly shared: SharedReads;
  readonly identity: Identity;
  readonly clock: Clock;
}

/**
 * Runs a read with the request's `?index` and `?wait`. An index that this server has not issued yet comes from
 * an earlier life of a server without a data directory: it is answered at once, so that the client starts over.
 */
export async function answerQuery<T>(
  context: ConsulContext,
  call: Call,
  query: Query<T>,
): Promise<ReadResult<T>> {
  checkReach(call, context.identity.datacenter);
  const { minIndex, waitMs } = waitOptions(call);
  const known = minIndex <= Math.max(context.store.index, 1);
  return blockingQuery(context.watchers, query, {
    minIndex: known ? minIndex : 0,
    waitMs,
    signal: call.signal,
  });
}
