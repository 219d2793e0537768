import type { CallOptions } from '../call-options.js';
import type { HeldSession } from '../session/sessions.js';

/** How to wait for a lock. */
export interface LockOptions {
  /** The session to lock with: a held one (its loss ends the lock too), or an id. */
  readonly session: HeldSession | string;
  /** Value to write on acquiring. Default: the empty string. */
  readonly value?: string;
  /** Ends the waiting with `CONSUL_ABORTED`. */
  readonly signal?: AbortSignal;
}

/** A lock that is ours. */
export interface Lock {
  readonly key: string;
  /** Fencing token: grows with each acquisition of this key. */
  readonly lockIndex: number;
  /**
   * Aborts, with `CONSUL_LOCK_LOST` or the session's own `CONSUL_SESSION_LOST`, when the lock is no longer ours.
   * Not by `release()`.
   */
  readonly lost: AbortSignal;
  /** Gives the lock back and keeps the value. Not holding it any more is no error. */
  release(options?: CallOptions): Promise<void>;
}
