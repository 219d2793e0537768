import { ConsulError, isConsulError } from '../consul-error.js';
import type { BlockingQuery, Reply, Transport } from '../transport/transport.js';
import { createBackoff } from './backoff.js';
import { linkSignals } from './linked-signal.js';
import { pause } from './pause.js';
import { createPosition } from './position.js';
import type { WatchOptions, WatchUpdate } from './watch.js';

/** Reads the watched state once, as a blocking query. */
export type WatchRead = (query: BlockingQuery, signal: AbortSignal) => Promise<Reply>;

/** What to watch. */
export interface FollowSpec<T> {
  readonly read: WatchRead;
  readonly decode: (reply: Reply) => T;
  /** Whether a new index left the state as it was. Default: never. */
  readonly same?: (previous: T, next: T) => boolean;
}

/** An answer within this part of its wait was not the end of the wait; Consul adds to waits, and never takes from them. */
const EARLY = 0.9;

/** Ends without an error on abort; goes on after every other failure. */
export async function* follow<T>(
  transport: Transport,
  spec: FollowSpec<T>,
  options: WatchOptions = {},
): AsyncGenerator<WatchUpdate<T>, void, undefined> {
  const { waitMs = 300_000, minIntervalMs = 20 } = options;
  const link = linkSignals(transport.closed, options.signal);
  const stopped = (): boolean => link.signal.aborted;
  const backoff = createBackoff(options.backoff);
  const position = createPosition(minIntervalMs);
  let last: WatchUpdate<T> | undefined;
  try {
    while (!stopped()) {
      const started = performance.now();
      const query = { index: position.queryIndex, waitMs };
      const update = await attempt(spec, () => spec.read(query, link.signal), options);
      if (stopped()) return;
      if (update === undefined) {
        position.lose();
        await pause(backoff.next(), link.signal);
        continue;
      }
      backoff.reset();
      const { changed, quietMs } = position.advance(
        update.index,
        query.index > 0 && performance.now() - started < EARLY * waitMs,
      );
      if (changed && !isRepeat(spec, last, update)) {
        // Only kept to be compared: a large list would be held for nothing.
        last = spec.same === undefined ? undefined : update;
        yield update;
      }
      await pause(quietMs - (performance.now() - started), link.signal);
    }
  } finally {
    link.unlink();
  }
}

function isRepeat<T>(spec: FollowSpec<T>, last: WatchUpdate<T> | undefined, next: WatchUpdate<T>): boolean {
  return last !== undefined && next.index > last.index && (spec.same?.(last.value, next.value) ?? false);
}

async function attempt<T>(
  spec: FollowSpec<T>,
  read: () => Promise<Reply>,
  { onError }: WatchOptions,
): Promise<WatchUpdate<T> | undefined> {
  try {
    const reply = await read();
    if (reply.index === undefined) throw notWatchable('it has no X-Consul-Index');
    return { index: reply.index, value: spec.decode(reply) };
  } catch (error) {
    const failure = isConsulError(error) ? error : notWatchable(String(error));
    if (failure.code !== 'CONSUL_ABORTED') onError?.(failure);
    return undefined;
  }
}

function notWatchable(why: string): ConsulError {
  return new ConsulError(
    'CONSUL_SERVER_ERROR',
    `The answer cannot be watched: ${why}. Is this a Consul agent?`,
    {
      retryable: true,
    },
  );
}
