import { codeOf } from '../agent-error.js';
import { SLOT_CHECK_TTL_MS } from './slot-service.js';

import type { ConsulClient } from '@raftainer/consul';
import type { Logger } from '@raftainer/logger';
import type { SlotHealth } from '@raftainer/planner';

/** What telling Consul about checks needs. */
export interface CheckReportOptions {
  readonly consul: ConsulClient;
  readonly logger: Logger;
  /** Consul does not know a check: the registration has to be looked at. */
  readonly onUnknownCheck: () => void;
  /** After how long a check that passes is told again, so that it does not lapse. Default 8 h, a third of its life. */
  readonly repeatEveryMs?: number;
}

/** What is true of a check. */
export interface Report {
  readonly status: SlotHealth['status'];
  readonly note: string;
}

interface Told extends Report {
  /** Of `performance.now()`. */
  readonly at: number;
}

const REPEAT_EVERY_MS = SLOT_CHECK_TTL_MS / 3;

/**
 * Tells Consul what is true of the slots' checks, on change only. A change goes out at once, one at a time for each check,
 * so that an older state never overtakes a newer one, and again until Consul has taken it.
 */
export class CheckReports {
  readonly #options: CheckReportOptions;
  #reports: ReadonlyMap<string, Report> = new Map();
  /** What Consul was told last; absent while it has to be told. */
  readonly #told = new Map<string, Told>();
  readonly #telling = new Set<string>();
  #silent = false;

  constructor(options: CheckReportOptions) {
    this.#options = options;
  }

  /** How many checks there are. */
  get size(): number {
    return this.#reports.size;
  }

  /** Takes over what is true now, and tells what changed. */
  update(reports: ReadonlyMap<string, Report>): void {
    this.#reports = reports;
    this.#silent = false;
    for (const checkId of this.#told.keys()) if (!reports.has(checkId)) this.#told.delete(checkId);
    this.tellAll();
  }

  /** Nothing is known, and so nothing is told, until the next `update`. */
  silence(): void {
    this.#silent = true;
    this.#told.clear();
  }

  /** Undefined while nothing is known of it. */
  statusOf(checkId: string): Report['status'] | undefined {
    return this.#silent ? undefined : this.#reports.get(checkId)?.status;
  }

  /** Consul may have an older state of this check. */
  repeat(checkId: string): void {
    this.#told.delete(checkId);
    void this.#tell(checkId);
  }

  /** Consul may have older states of all checks. */
  repeatAll(): void {
    this.#told.clear();
    this.tellAll();
  }

  forget(checkId: string): void {
    const reports = new Map(this.#reports);
    reports.delete(checkId);
    this.#reports = reports;
    this.#told.delete(checkId);
  }

  /** What Consul has not taken yet, and what would lapse. */
  tellAll(): void {
    const { repeatEveryMs = REPEAT_EVERY_MS } = this.#options;
    const now = performance.now();
    for (const [checkId, { status, at }] of this.#told)
      if (status === 'passing' && now - at >= repeatEveryMs) this.#told.delete(checkId);
    for (const checkId of this.#reports.keys()) void this.#tell(checkId);
  }

  async #tell(checkId: string): Promise<void> {
    if (this.#telling.has(checkId)) return;
    this.#telling.add(checkId);
    try {
      for (;;) {
        const report = this.#reports.get(checkId);
        const told = this.#told.get(checkId);
        if (report === undefined || this.#silent) return;
        if (told?.status === report.status && told.note === report.note) return;
        await this.#send(checkId, report);
        this.#told.set(checkId, { ...report, at: performance.now() });
      }
    } catch (error: unknown) {
      this.#options.logger.debug({ checkId, error }, 'A health check could not be updated in Consul');
    } finally {
      this.#telling.delete(checkId);
    }
  }

  /** A check that Consul does not know needs no second try, but a look at its registration. */
  async #send(checkId: string, { status, note }: Report): Promise<void> {
    const { consul, onUnknownCheck } = this.#options;
    try {
      if (status === 'passing') await consul.services.ttl.pass(checkId, note);
      else await consul.services.ttl.fail(checkId, note);
    } catch (error: unknown) {
      if (codeOf(error) !== 'CONSUL_NOT_FOUND') throw error;
      onUnknownCheck();
    }
  }
}
