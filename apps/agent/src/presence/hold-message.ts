import { plainConsulOptions } from '../guard/consul-calls.js';
import { monotonicNow } from '../lease/monotonic.js';
import { renewEveryMs } from '../lease/lease-terms.js';

import type { ConsulOptions } from '@raftainer/consul';
import type { AgentCheck } from './agent-check.js';
import type { HostSessions } from './sessions.js';
import type { HoldMessage } from '../guard/protocol.js';
import type { LeaseTerms } from '../lease/lease-terms.js';

/** All that whoever holds the claims in the agent's place has to know. */
export function holdMessage(options: {
  readonly held: HostSessions;
  readonly check: AgentCheck;
  readonly terms: LeaseTerms;
  readonly forMs: number;
  readonly once: boolean;
  readonly consul: ConsulOptions;
}): Omit<HoldMessage, 'kind'> {
  const { held, check, terms, forMs, once, consul } = options;
  return {
    until: monotonicNow() + forMs,
    once,
    consul: plainConsulOptions(consul),
    exclusiveSession: held.exclusive.id,
    sharedSession: held.shared.id,
    serviceId: check.serviceId,
    checkId: check.checkId,
    checkTtlMs: terms.checkTtlMs,
    renewEveryMs: renewEveryMs(terms),
    fenceAfterMs: terms.fenceAfterMs,
  };
}
