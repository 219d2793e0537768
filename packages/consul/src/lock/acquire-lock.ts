import { ConsulError, isConsulError } from '../consul-error.js';
import type { Kv } from '../kv/kv.js';
import type { KvEntry } from '../kv/kv-entry.js';
import { readKey, toEntry } from '../kv/read-kv.js';
import type { Transport } from '../transport/transport.js';
import { follow } from '../watch/follow.js';
import type { WatchRead } from '../watch/follow.js';
import { linkSignals } from '../watch/linked-signal.js';
import type { LinkedSignal } from '../watch/linked-signal.js';
import { pause } from '../watch/pause.js';
import type { WatchOptions, WatchUpdate } from '../watch/watch.js';
import { holdLock } from './hold-lock.js';
import type { Lock, LockOptions } from './lock.js';

/** What locking needs. */
export interface LockContext {
  readonly kv: Kv;
  readonly transport: Transport;
}

/**
 * A free key whose lock was refused is in its lock delay, or another was faster. The end of a delay is no event, so it is
 * tried again after about this; Consul refuses without writing.
 */
const REFUSED_RETRY_MS = 500;

/** Waits for the lock. Only a key that is seen free is tried: a losing attempt may be a write for the whole cluster. */
export async function acquireLock(context: LockContext, key: string, options: LockOptions): Promise<Lock> {
  const { session, signal } = options;
  const sessionLost = typeof session === 'string' ? undefined : session.lost;
  const link = linkSignals(signal, sessionLost);
  try {
    const lock = await waitForLock(context, { key, link, options, sessionLost });
    if (lock !== undefined) return lock;
  } finally {
    link.unlink();
  }
  const reason: unknown = link.signal.reason;
  if (reason !== signal?.reason && isConsulError(reason)) throw reason;
  throw new ConsulError('CONSUL_ABORTED', `Gave up waiting for the lock on "${key}": the caller aborted.`, {
    retryable: false,
    cause: reason,
  });
}

interface Waiting {
  readonly key: string;
  readonly link: LinkedSignal;
  readonly options: LockOptions;
  readonly sessionLost: AbortSignal | undefined;
}

/** Undefined: `link` aborted. */
async function waitForLock(context: LockContext, waiting: Waiting): Promise<Lock | undefined> {
  const { key, link, options, sessionLost } = waiting;
  const { session, value = '' } = options;
  const sessionId = typeof session === 'string' ? session : session.id;
  const onError = (error: ConsulError): void => {
    // A watch would go on for ever; a caller that waits for a lock must learn that it may not have it.
    if (!error.retryable) link.abort(error);
  };
  for await (const { value: entry } of watchKey(context, key, { signal: link.signal, onError })) {
    if (entry?.session !== undefined && entry.session !== sessionId) continue;
    const taken = await take(context, { key, value, sessionId, link });
    if (taken === undefined) continue;
    const watch = (signal: AbortSignal): ReturnType<typeof watchKey> => watchKey(context, key, { signal });
    return holdLock({
      key,
      sessionId,
      value,
      lockIndex: taken.lockIndex,
      sessionLost,
      kv: context.kv,
      watch,
    });
  }
  return undefined;
}

function watchKey(
  { transport }: LockContext,
  key: string,
  options: WatchOptions,
): AsyncIterable<WatchUpdate<KvEntry | undefined>> {
  const read: WatchRead = (blocking, signal) => readKey(transport, key, { blocking, signal });
  return follow(transport, { read, decode: toEntry }, options);
}

interface Attempt {
  readonly key: string;
  readonly value: string;
  readonly sessionId: string;
  readonly link: LinkedSignal;
}

/** Undefined: someone else holds it now, or `link` aborted. */
async function take(
  { kv }: LockContext,
  { key, value, sessionId, link }: Attempt,
): Promise<KvEntry | undefined> {
  const { signal } = link;
  while (!signal.aborted) {
    try {
      await kv.acquire(key, value, sessionId, { signal });
      // Read even after a refusal or a failure: an answer that was lost may have been a yes.
      const entry = await kv.get(key, { signal });
      if (entry?.session === sessionId) return entry;
      if (entry?.session !== undefined) return undefined;
    } catch (error) {
      if (!isConsulError(error)) throw error;
      if (!error.retryable) link.abort(error);
    }
    await pause(REFUSED_RETRY_MS * (0.5 + Math.random() / 2), signal);
  }
  return undefined;
}
