import { CheckReports } from './check-reports.js';
import { HEARTBEAT_EVERY_MS } from './host-heartbeat.js';

import type { CheckReportOptions, Report } from './check-reports.js';
import type { HostHeartbeat } from './host-heartbeat.js';
import type { SlotHealth } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';

/** What the heartbeats need. */
export interface HeartbeatOptions extends CheckReportOptions {
  /** Which the services of the slots follow. */
  readonly host: HostHeartbeat;
  /** Time between two beats of the host. Default 20 s, a third of its check's life. */
  readonly beatEveryMs?: number;
}

/**
 * Keeps the health of this host's slots true in Consul: every change of a slot is told, and one beat for the host, which
 * the services of all slots follow, says that somebody looks after them. While nothing is known (the engine does not
 * answer) there is no beat: silence turns everything critical by itself, a guess would not.
 */
export class Heartbeats {
  readonly #options: HeartbeatOptions;
  readonly #reports: CheckReports;
  #suspended = false;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;
  /** When the last beat that arrived was sent, in milliseconds of `performance.now()`. */
  #beatAt = -Infinity;
  /** Beats have been lost, and with them perhaps what else Consul was told. */
  #missed = false;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#reports = new CheckReports(options);
  }

  /** Takes over what a cycle found; sends what changed. */
  update(health: ReadonlyMap<SlotId, SlotHealth>): void {
    if (this.#closed) return;
    const reports = new Map<string, Report>();
    for (const { checkIds, status, note } of health.values()) {
      for (const checkId of checkIds) reports.set(checkId, { status, note });
    }
    this.#suspended = false;
    this.#reports.update(reports);
    if (this.#isBeatDue) void this.#beat();
    this.#schedule();
  }

  /** Nothing is known any more, until the next `update`. */
  suspend(): void {
    this.#suspended = true;
    this.#beatAt = -Infinity;
    this.#reports.silence();
  }

  /** The state in which a check is registered anew, so that a rewritten registration does not blink. */
  statusOf(checkId: string): Report['status'] {
    return this.#reports.statusOf(checkId) ?? 'critical';
  }

  /** Whether anything is known of a check, so that it can be registered anew as it is. */
  knows(checkId: string): boolean {
    return this.#reports.statusOf(checkId) !== undefined;
  }

  /** The registration of a check was rewritten, with a state that may be older than what was told meanwhile. */
  repeat(checkId: string): void {
    this.#reports.repeat(checkId);
  }

  /** The service of a check is deregistered. */
  forget(checkId: string): void {
    this.#reports.forget(checkId);
  }

  /** Id of the service that the slots follow; it passes from now on. Throws what Consul answers. */
  async followed(signal: AbortSignal): Promise<string> {
    const { host } = this.#options;
    if (this.#isBeatDue) {
      const sentAt = performance.now();
      await host.beat(signal);
      this.#beatAt = sentAt;
    }
    return host.serviceId;
  }

  /** Nothing of this host is left that follows it. */
  async leave(): Promise<void> {
    await this.#options.host.remove();
  }

  /** Nothing is told any more, and no timer keeps the process. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#reports.update(new Map());
  }

  #mayBeat(): boolean {
    return !this.#suspended && !this.#closed && this.#reports.size > 0;
  }

  get #beatEveryMs(): number {
    return this.#options.beatEveryMs ?? HEARTBEAT_EVERY_MS;
  }

  get #isBeatDue(): boolean {
    return performance.now() - this.#beatAt >= this.#beatEveryMs;
  }

  /** No timer while there is nothing to look after. */
  #schedule(): void {
    if (this.#reports.size === 0 || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#beat();
      this.#reports.tellAll();
      this.#schedule();
    }, this.#beatEveryMs);
  }

  /** A Consul that was away is told everything again. */
  async #beat(): Promise<void> {
    if (!this.#mayBeat()) return;
    try {
      const sentAt = performance.now();
      await this.#options.host.beat();
      if (!this.#mayBeat()) return;
      this.#beatAt = sentAt;
      if (this.#missed) this.#reports.repeatAll();
      this.#missed = false;
    } catch (error: unknown) {
      this.#missed = true;
      this.#options.logger.debug({ error }, 'The heartbeat of this host did not reach Consul');
    }
  }
}
