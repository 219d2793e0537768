import type { SessionsView } from './snapshot.js';
import type { Pod } from '@raftainer/pod-spec';

/** Whether a claim under this session is this host's. */
export function isOurs(sessions: SessionsView, session: string | undefined): boolean {
  return session !== undefined && (session === sessions.exclusive || session === sessions.shared);
}

/** The session under which slots of a pod are claimed. */
export function sessionFor(sessions: SessionsView, { exclusive }: Pick<Pod, 'exclusive'>): string {
  return exclusive ? sessions.exclusive : sessions.shared;
}
