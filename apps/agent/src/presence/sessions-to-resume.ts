import type { StoredSessions } from './session-memory.js';
import type { SessionOrigins } from './session-origins.js';
import type { SessionIds } from './sessions.js';
import type { Cluster } from '@raftainer/cluster';

/** Where sessions of before are known from. */
export interface ResumeSources {
  readonly cluster: Cluster;
  readonly host: string;
  /** Those that hold the host's name count as well. */
  readonly fastStartup: boolean;
  /** What the last run left. */
  readonly stored: StoredSessions | undefined;
  readonly origins: SessionOrigins;
}

/** The sessions of this host's last run, as far as they are its own; nothing else may be resumed. */
export async function sessionsToResume(
  { cluster, host, fastStartup, stored, origins }: ResumeSources,
  signal: AbortSignal,
): Promise<SessionIds> {
  if (fastStartup) {
    const holder = await cluster.hosts.get(host, { signal });
    const ids = { ...holder?.record?.sessions, shared: holder?.session };
    if (ids.shared !== undefined && (await origins.areOurs(ids, holder?.record?.machine, signal))) return ids;
  }
  if (stored?.host !== host) return {};
  return (await origins.areOurs(stored, stored.machine, signal)) ? stored : {};
}
