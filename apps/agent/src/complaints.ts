import { codeOf } from './agent-error.js';

import type { Logger } from '@raftainer/logger';

/** Logs each kind of failure of the cycle once per outage, and the end of the outage. */
export class Complaints {
  readonly #logger: Logger;
  readonly #codes = new Set<string>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  failed(error: unknown): void {
    const code = codeOf(error);
    // Presence has said already why there is no session.
    if (code === 'AGENT_NO_SESSION' || this.#codes.has(code)) return;
    this.#codes.add(code);
    this.#logger.warn({ error }, 'The state cannot be read; everything is left as it is until it can');
  }

  succeeded(): void {
    if (this.#codes.size > 0) this.#logger.info({}, 'The state can be read again');
    this.#codes.clear();
  }
}
