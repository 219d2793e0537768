import type { ClaimView, SessionsView, Snapshot } from './snapshot.js';
import type { Pod, SlotId } from '@raftainer/pod-spec';

/** A claim of this host, under one of its sessions. */
export interface HeldClaim extends ClaimView {
  readonly session: string;
}

/** Whether a claim under this session is this host's. */
export function isOurs(sessions: SessionsView, session: string | undefined): boolean {
  return session !== undefined && (session === sessions.exclusive || session === sessions.shared);
}

/** The claims that this host holds, out of those of everybody. */
export function heldClaims({
  claims,
  sessions,
}: Pick<Snapshot, 'claims' | 'sessions'>): ReadonlyMap<SlotId, HeldClaim> {
  const isHeld = (entry: readonly [SlotId, ClaimView]): entry is [SlotId, HeldClaim] =>
    isOurs(sessions, entry[1].session);
  return new Map([...claims].filter(isHeld));
}

/** The session under which slots of a pod are claimed. */
export function sessionFor(sessions: SessionsView, { exclusive }: Pick<Pod, 'exclusive'>): string {
  return exclusive ? sessions.exclusive : sessions.shared;
}
