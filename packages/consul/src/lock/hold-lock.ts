import { ConsulError } from '../consul-error.js';
import type { Kv } from '../kv/kv.js';
import type { KvEntry } from '../kv/kv-entry.js';
import type { WatchUpdate } from '../watch/watch.js';
import type { Lock } from './lock.js';

/** A lock that was just taken. */
export interface Holding {
  readonly key: string;
  readonly sessionId: string;
  readonly value: string;
  readonly lockIndex: number;
  readonly sessionLost: AbortSignal | undefined;
  readonly kv: Kv;
  /** Follows the key until the signal aborts or the client is closed. */
  readonly watch: (signal: AbortSignal) => AsyncIterable<WatchUpdate<KvEntry | undefined>>;
}

/** Watches over a lock until it is released or lost. */
export function holdLock({ key, sessionId, value, lockIndex, sessionLost, kv, watch }: Holding): Lock {
  const lost = new AbortController();
  const watching = new AbortController();
  const finish = (): void => {
    watching.abort();
    sessionLost?.removeEventListener('abort', onSessionLost);
  };
  const lose = (reason: unknown): void => {
    if (watching.signal.aborted) return;
    finish();
    lost.abort(reason);
  };
  const onSessionLost = (): void => {
    lose(sessionLost?.reason);
  };
  const watchOver = async (): Promise<void> => {
    for await (const { value: entry } of watch(watching.signal)) {
      if (entry?.session !== sessionId) lose(lockLost(key));
    }
    // Ended without a release: the client was closed.
    lose(lockLost(key));
  };
  sessionLost?.addEventListener('abort', onSessionLost);
  if (sessionLost?.aborted === true) onSessionLost();
  void watchOver();
  return {
    key,
    lockIndex,
    lost: lost.signal,
    release: async (call) => {
      finish();
      await kv.release(key, value, sessionId, call);
    },
  };
}

function lockLost(key: string): ConsulError {
  return new ConsulError(
    'CONSUL_LOCK_LOST',
    `The lock on "${key}" is no longer ours. Stop what it guarded.`,
    {
      retryable: false,
    },
  );
}
