import { AgentError } from '../agent-error.js';
import { withoutFreezing } from './lease-terms.js';

import type { LeaseTerms } from './lease-terms.js';
import type { Logger } from '@raftainer/logger';

/**
 * The terms as they can be kept on this machine: where nothing can be frozen, containers are stopped.
 *
 * @throws AgentError `AGENT_CONFIG_INVALID` when stopping does not fit into the terms.
 */
export function usableTerms(terms: LeaseTerms, obstacle: string | undefined, logger: Logger): LeaseTerms {
  if (terms.freeze !== true || obstacle === undefined) return terms;
  const usable = withoutFreezing(terms);
  if (usable === undefined)
    throw new AgentError(
      'AGENT_CONFIG_INVALID',
      `Containers cannot be frozen on this host: ${obstacle}. Stopping them takes 2s, which these terms do not leave: make it possible, or set RAFTAINER_FENCE=stop and a longer RAFTAINER_LOCK_DELAY.`,
    );
  const { fenceAfterMs, stopTimeoutMs } = usable;
  logger.warn(
    { obstacle, fenceAfterMs, stopTimeoutMs },
    'Containers cannot be frozen on this host: they are stopped when their claims cannot be proven, and it begins in time',
  );
  return usable;
}
