import { AgentError } from '../agent-error.js';
import { haveSameEngine } from './machine.js';

import type { Machine } from './machine.js';
import type { Lease } from '../lease/lease.js';
import type { HostRecord, Hosts } from '@raftainer/cluster';
import type { Logger } from '@raftainer/logger';

/** What tells one agent from another that has its name and sessions. */
export interface OwnPresence {
  readonly own: Pick<HostRecord, 'host' | 'instance'>;
  /** The shared one, which holds the name. */
  readonly session: string;
  readonly signal: AbortSignal;
}

/** Resolves with the record of another agent that resumed this one's sessions. Never while there is none. */
export async function whoDisplaces(
  hosts: Hosts,
  { own, session, signal }: OwnPresence,
): Promise<HostRecord | undefined> {
  for await (const _ of hosts.watch({ signal, waitMs: 15_000 })) {
    const found = await hosts.get(own.host, { signal }).catch(() => undefined);
    const { instance = own.instance } = found?.record ?? {};
    if (found?.session === session && instance !== own.instance && !signal.aborted) return found.record;
  }
  return new Promise<never>(() => undefined);
}

/**
 * On the same engine what runs here is the other's from now on, and so is the lease: nothing of it may be stopped from
 * here. Any other agent runs copies of it elsewhere: exclusive containers end here before the guards go, who would keep the
 * claims that are the other's as well.
 */
export async function makeWay(
  { lease, logger }: { readonly lease: Lease; readonly logger: Logger },
  { own, other }: { readonly own: Machine; readonly other: HostRecord | undefined },
): Promise<void> {
  if (!haveSameEngine(own, other?.machine ?? {})) {
    const message =
      'The agent that took over does not use this Docker engine: exclusive containers are stopped here';
    logger.error({ other: other?.machine }, message);
    await lease.stopAll();
  }
  lease.retire();
}

/** That another agent has this one's name. */
export function displaced(host: string): AgentError {
  const message = `Another agent took over the name ${host} and the sessions of this host: with RAFTAINER_FAST_STARTUP, or from a copy of this state directory. Every host needs a name and a state directory of its own: set HOSTNAME.`;
  return new AgentError('AGENT_HOSTNAME_TAKEN', message);
}
