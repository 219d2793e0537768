import { parseDuration } from './duration.js';
import type { SessionInfo } from './sessions.js';

/** A session as Consul's HTTP API spells it; `Checks` before 1.7, the other two since. */
export interface RawSession {
  readonly ID: string;
  readonly Name?: string;
  readonly Node?: string;
  readonly TTL?: string;
  readonly LockDelay?: number;
  readonly Behavior?: string;
  readonly Checks?: readonly string[] | null;
  readonly NodeChecks?: readonly string[] | null;
  readonly ServiceChecks?: readonly { readonly ID: string }[] | null;
  readonly CreateIndex?: number;
}

/** Consul gives the lock delay in nanoseconds, the TTL as text. */
export function decodeSession(raw: RawSession): SessionInfo {
  const ttlMs = parseDuration(raw.TTL ?? '');
  const checks = [
    ...(raw.NodeChecks ?? []),
    ...(raw.ServiceChecks ?? []).map(({ ID }) => ID),
    ...(raw.Checks ?? []),
  ];
  return {
    id: raw.ID,
    name: raw.Name ?? '',
    node: raw.Node ?? '',
    ...(ttlMs === undefined || ttlMs === 0 ? {} : { ttlMs }),
    lockDelayMs: (raw.LockDelay ?? 0) / 1e6,
    behavior: raw.Behavior === 'delete' ? 'delete' : 'release',
    checks: [...new Set(checks)],
    createIndex: raw.CreateIndex ?? 0,
  };
}
