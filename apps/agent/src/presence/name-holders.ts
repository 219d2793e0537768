import { AgentError } from '../agent-error.js';

import type { Logger } from '@raftainer/logger';

const NAME_HELD =
  'The name of this host is held by another session: an earlier run that has not lapsed yet, or another agent with ' +
  'the same HOSTNAME. Waiting for it to lapse; RAFTAINER_FAST_STARTUP=true takes over at once';

/** Remembers who is seen holding this host's name. A session of an earlier run lapses by itself; one that does not is another agent. */
export class NameHolders {
  readonly #waitMs: number;
  readonly #logger: Logger;
  #holder: { readonly session: string; readonly firstSeenAt: number } | undefined;

  constructor({ sessionTtlMs, logger }: { readonly sessionTtlMs: number; readonly logger: Logger }) {
    // Consul ends a session that is not renewed at twice its TTL (measured).
    this.#waitMs = 2 * sessionTtlMs + 2_000;
    this.#logger = logger;
  }

  /**
   * Notes that a session holds the name.
   *
   * @throws AgentError `AGENT_HOSTNAME_TAKEN` when it has held it for longer than an earlier run's session can last.
   */
  saw(host: string, session: string | undefined): void {
    if (session === undefined) return;
    if (this.#holder?.session !== session) {
      this.#holder = { session, firstSeenAt: performance.now() };
      this.#logger.warn({ host, session, waitMs: this.#waitMs }, NAME_HELD);
    } else if (performance.now() - this.#holder.firstSeenAt > this.#waitMs) {
      const message = `Another agent runs as ${host} and keeps its session alive. Every host needs a name of its own: set HOSTNAME, or stop the other agent.`;
      throw new AgentError('AGENT_HOSTNAME_TAKEN', message);
    }
  }

  /**
   * The time begins anew: this host has the name, or Consul did not answer. A new leader starts every session's TTL over,
   * and may for a moment tell of a holder that has long lapsed.
   */
  forget(): void {
    this.#holder = undefined;
  }
}
