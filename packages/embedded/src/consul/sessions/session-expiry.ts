import type { Clock } from '../consul-context.js';
import type { Session } from '../state/records.js';
import type { Store } from '../state/store.js';
import type { Commit } from '../state/table-set.js';
import { endSession } from './session-writes.js';

/** Consul reaps a session at twice its TTL, so that a renewal that is merely late still counts. */
const TTL_MULTIPLIER = 2;

/**
 * Ends sessions whose TTL lapsed. It follows the state: a session that appears gets a timer, one that goes loses
 * it. Sessions that were there at the start begin their time anew, because nobody could renew them meanwhile.
 */
export class SessionExpiry {
  private readonly timers = new Map<string, NodeJS.Timeout>();

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
  ) {}

  start(): void {
    for (const session of this.store.list('sessions')) this.renew(session);
    this.store.onCommit((commit) => {
      this.follow(commit);
    });
  }

  /** Begins the session's time anew. */
  renew(session: Session): void {
    this.forget(session.id);
    if (session.ttlMs === 0) return;
    const timer = setTimeout(() => {
      this.expire(session.id);
    }, session.ttlMs * TTL_MULTIPLIER);
    timer.unref();
    this.timers.set(session.id, timer);
  }

  stop(): void {
    for (const id of this.timers.keys()) this.forget(id);
  }

  private expire(id: string): void {
    const session = this.store.get('sessions', id);
    if (session === undefined) return;
    this.store.write((state) => {
      endSession(state, session, this.clock());
    });
  }

  private follow(commit: Commit): void {
    for (const change of commit.changes) {
      if (change.table !== 'sessions') continue;
      if (change.after === undefined) this.forget(change.key);
      else this.renew(change.after);
    }
  }

  private forget(id: string): void {
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
  }
}
