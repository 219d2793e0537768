import { folders } from '@raftainer/cluster';

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
  readonly check: AgentCheck;
  readonly terms: LeaseTerms;
  readonly consul: ConsulOptions;
  /** Absent: as long as is agreed for a crash. */
  readonly wish: HoldWish | undefined;
}): Omit<HoldMessage, 'kind'> {
  const { held, check, terms, wish, consul } = options;
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
    beats: [{ checkId: check.checkId, everyMs: terms.checkTtlMs / 3 }],
    renewEveryMs: renewEveryMs(terms),
    fenceAfterMs: terms.fenceAfterMs,
  };
}
