import { Registrations } from './health/registrations.js';
import { TokenWatch } from './presence/token-watch.js';

import type { AgentParts } from './composition.js';

/** What follows the Consul token, which may be replaced at any time. */
export interface LaidToken {
  readonly tokenWatch: TokenWatch;
  readonly registrations: Registrations;
}

export function layToken({ consul, stateDir, logger }: AgentParts, onChange: () => void): LaidToken {
  return {
    tokenWatch: new TokenWatch({ state: () => consul.token, logger, onChange }),
    registrations: new Registrations({ token: () => consul.token.fingerprint, store: stateDir, logger }),
  };
}
