import { folders } from '@raftainer/cluster';

import { HEARTBEAT_EVERY_MS, heartbeatCheckOf } from '../health/host-heartbeat.js';
import { presentOptions } from '../guard/present-options.js';
import { monotonicNow } from '../lease/monotonic.js';
import { renewEveryMs } from '../lease/lease-terms.js';

import type { ConsulOptions } from '@raftainer/consul';
import type { AgentCheck } from './agent-check.js';
import type { HostSessions } from './sessions.js';
import type { HoldMessage } from '../guard/protocol.js';
import type { LeaseTerms } from '../lease/lease-terms.js';

/** How long claims are to be kept, and why: somebody asked for it, or this agent was told to stop. */
export interface HoldWish {
  readonly kind: 'asked' | 'left';
  readonly forMs: number;
}

/** All that whoever holds the claims in the agent's place has to know. */
export function holdMessage(options: {
  readonly held: HostSessions;
  /** Name of this host. */
  readonly host: string;
  readonly check: AgentCheck;
  readonly terms: LeaseTerms;
  readonly consul: ConsulOptions;
  /** Absent: as long as is agreed for a crash. */
  readonly wish: HoldWish | undefined;
}): Omit<HoldMessage, 'kind'> {
  const { held, host, check, terms, wish, consul } = options;
  const until = monotonicNow() + (wish?.forMs ?? 0);
  return {
    crashMs: terms.crashHoldMs,
    ...(wish?.kind === 'asked' ? { askedUntil: until } : {}),
    ...(wish?.kind === 'left' ? { leftUntil: until } : {}),
    consul: presentOptions(consul),
    exclusiveSession: held.exclusive.id,
    sharedSession: held.shared.id,
    serviceId: check.serviceId,
    claimsFolder: folders().claims,
    // The second keeps the slots in discovery: what serves goes on serving while nobody but a guard is there.
    beats: [
      { checkId: check.checkId, everyMs: terms.checkTtlMs / 3 },
      { checkId: heartbeatCheckOf(host), everyMs: HEARTBEAT_EVERY_MS },
    ],
    renewEveryMs: renewEveryMs(terms),
    fenceAfterMs: terms.fenceAfterMs,
  };
}
