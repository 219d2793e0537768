import type { AgentCheck } from './agent-check.js';
import type { Machine } from './machine.js';
import type { HostSessions } from './sessions.js';
import type { LeaseTerms } from '../lease/lease-terms.js';
import type { HostRecord, HostTerms } from '@raftainer/cluster';
import type { Logger } from '@raftainer/logger';

/** The terms of a host as its record tells them. */
function hostTerms(
  { lockDelayMs, fenceAfterMs, stopTimeoutMs }: LeaseTerms,
  configured: LeaseTerms,
): HostTerms {
  const other =
    configured.lockDelayMs === lockDelayMs ? {} : { configuredLockDelayMs: configured.lockDelayMs };
  return { lockDelayMs, fenceAfterMs, stopTimeoutMs, ...other };
}

/** What the host's record says of its presence, beside all else. */
export interface HeldPresence {
  readonly held: HostSessions;
  readonly machine: Machine;
  /** As configured. */
  readonly terms: LeaseTerms;
  /** Absent with the embedded Consul, where nothing rests on terms. */
  readonly check?: AgentCheck;
}

/** The record of a host that is present. */
export function hostRecord(record: HostRecord, { held, machine, terms, check }: HeldPresence): HostRecord {
  return {
    ...record,
    sessions: { exclusive: held.exclusive.id, shared: held.shared.id },
    ...(check === undefined ? {} : { terms: hostTerms(held.terms, terms) }),
    machine,
  };
}

/** What was configured may not be what holds: people who rely on it are told. */
export function tellTerms(
  inForce: LeaseTerms,
  { terms, check, logger }: Pick<HeldPresence, 'terms' | 'check'> & { readonly logger: Logger },
): void {
  if (check === undefined || inForce.lockDelayMs === terms.lockDelayMs) return;
  const message =
    'The session of this host was made with another RAFTAINER_LOCK_DELAY and keeps it: its terms are in force until the host gets a new session, as after a reboot';
  logger.warn({ inForce: hostTerms(inForce, terms) }, message);
}
