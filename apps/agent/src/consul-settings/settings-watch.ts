import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

import { codeOf } from '../agent-error.js';
import { consulWarnings } from './consul-warnings.js';

import type { LeaseTerms } from '../lease/lease-terms.js';
import type { HostRecord } from '@raftainer/cluster';
import type { ConsulClient } from '@raftainer/consul';
import type { Logger } from '@raftainer/logger';

/** What looking at Consul's settings needs. */
export interface SettingsWatchOptions {
  readonly consul: ConsulClient;
  readonly terms: LeaseTerms;
  readonly logger: Logger;
  /** Writes this host's record anew. */
  readonly publish: () => Promise<boolean>;
}

/** Settings change with a restart of Consul: seldom, and nothing depends on seeing it at once. */
const LOOK_EVERY_MS = 600_000;
const RETRY_MS = 5_000;

/**
 * Tells of settings of this host's Consul with which a promise does not hold: in the log, once, and in the host's record
 * for as long as they are there. What is wrong is said at the start, and not by the first outage.
 */
export class SettingsWatch {
  readonly #options: SettingsWatchOptions;
  #warnings: readonly string[] = [];
  #isDenied = false;

  constructor(options: SettingsWatchOptions) {
    this.#options = options;
  }

  /** What the host's record says of it. */
  get record(): Pick<HostRecord, 'warnings'> {
    return this.#warnings.length === 0 ? {} : { warnings: this.#warnings };
  }

  /** Until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const isDone = await this.#look(signal).catch((error: unknown) => this.#cannotTell(error));
      await sleep(isDone ? LOOK_EVERY_MS : RETRY_MS, undefined, { signal, ref: false }).catch(
        () => undefined,
      );
    }
  }

  async #look(signal: AbortSignal): Promise<boolean> {
    const { consul, terms, logger, publish } = this.#options;
    const warnings = consulWarnings(await consul.services.self({ signal }), terms);
    if (isDeepStrictEqual(warnings, this.#warnings)) return true;
    for (const warning of warnings) {
      if (!this.#warnings.includes(warning)) logger.warn({}, `A setting of Consul: ${warning}`);
    }
    this.#warnings = warnings;
    return publish();
  }

  /** Whether to let it rest: a right that is missing is not there a moment later. */
  #cannotTell(error: unknown): boolean {
    const isDenied = codeOf(error) === 'CONSUL_FORBIDDEN';
    if (isDenied && !this.#isDenied) this.#options.logger.info({}, DENIED);
    this.#isDenied = isDenied;
    return isDenied;
  }
}

const DENIED =
  'The settings of Consul could not be checked, because the token may not read them (agent_prefix "" read). ' +
  'Those that matter are in the operations guide under "With a real Consul"';
