import { setTimeout as sleep } from 'node:timers/promises';

import type { TokenState } from '@raftainer/consul';
import type { Logger } from '@raftainer/logger';

/** What watching over the token needs. */
export interface TokenWatchOptions {
  readonly state: () => TokenState;
  readonly logger: Logger;
  /** Another token is in use. */
  readonly onChange: () => void;
}

/** What is wrong with the token. */
export interface TokenTrouble {
  /** ISO 8601. */
  readonly since: string;
  readonly message: string;
}

const LOOK_MS = 500;

/**
 * Tells when Consul refuses the agent's token, and when a new one came. The client reads the token again by itself; nobody
 * can be told through Consul while it takes none, so the log and the socket in the state directory say it.
 */
export class TokenWatch {
  readonly #options: TokenWatchOptions;
  #fingerprint: string | undefined;
  #isRefused = false;

  constructor(options: TokenWatchOptions) {
    this.#options = options;
    this.#fingerprint = options.state().fingerprint;
  }

  /** Undefined while Consul takes the token. */
  get trouble(): TokenTrouble | undefined {
    const { refused } = this.#options.state();
    return refused && { since: new Date(refused.since).toISOString(), message: refused.error.message };
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#look();
      await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  #look(): void {
    const { state, logger, onChange } = this.#options;
    const { fingerprint, file, refused } = state();
    const where = file === undefined ? {} : { file };
    if (fingerprint !== this.#fingerprint) {
      this.#fingerprint = fingerprint;
      logger.info(where, 'The Consul token was replaced; services are registered anew under the new one');
      onChange();
    }
    if (refused !== undefined && !this.#isRefused) {
      const context = { ...where, error: refused.error };
      logger.error(
        context,
        'Consul refuses the token of this agent: its claims cannot be proven, and what is exclusive stops',
      );
    }
    if (refused === undefined && this.#isRefused) logger.info(where, 'Consul takes the token again');
    this.#isRefused = refused !== undefined;
  }
}
