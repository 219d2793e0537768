import { codeOf } from '../agent-error.js';

import type { ConsulClient } from '@raftainer/consul';
import type { Logger } from '@raftainer/logger';
import type { SlotHealth } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';

/** What the heartbeats need. */
export interface HeartbeatOptions {
  readonly consul: ConsulClient;
  readonly logger: Logger;
  /** Consul does not know a check: the registration has to be looked at. */
  readonly onUnknownCheck: () => void;
  /** Life of a check without a beat, in milliseconds. Default 60 s: a restart of the agent is not seen by clients. */
  readonly ttlMs?: number;
}

type Status = SlotHealth['status'];

interface Beat {
  readonly status: Status;
  readonly note: string;
}

/**
 * Passes the TTL checks of healthy slots, three times per TTL. A change goes out at once, one at a time for each check,
 * so that an older state never overtakes a newer one, and again until Consul has taken it. While nothing is known (the
 * engine does not answer) nothing is passed: silence turns the check critical by itself, a guess would not.
 */
export class Heartbeats {
  readonly ttlMs: number;
  readonly #options: HeartbeatOptions;
  #beats: ReadonlyMap<string, Beat> = new Map();
  /** What Consul was told last; absent while it has to be told. */
  readonly #told = new Map<string, Beat>();
  readonly #telling = new Set<string>();
  #suspended = false;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.ttlMs = options.ttlMs ?? 60_000;
  }

  /** Takes over what a cycle found; sends what changed. */
  update(health: ReadonlyMap<SlotId, SlotHealth>): void {
    if (this.#closed) return;
    const beats = new Map<string, Beat>();
    for (const { checkIds, status, note } of health.values()) {
      for (const checkId of checkIds) beats.set(checkId, { status, note });
    }
    this.#beats = beats;
    this.#suspended = false;
    for (const checkId of this.#told.keys()) if (!beats.has(checkId)) this.#told.delete(checkId);
    for (const checkId of beats.keys()) void this.#tell(checkId);
    this.#schedule();
  }

  /** Nothing is known any more, until the next `update`. */
  suspend(): void {
    this.#suspended = true;
    this.#told.clear();
  }

  /** The state in which a check is registered anew, so that a rewritten registration does not blink. */
  statusOf(checkId: string): Status {
    return this.#suspended ? 'critical' : (this.#beats.get(checkId)?.status ?? 'critical');
  }

  /** The registration of a check was rewritten, with a state that may be older than what was told meanwhile. */
  repeat(checkId: string): void {
    this.#told.delete(checkId);
    void this.#tell(checkId);
  }

  /** The service of a check is deregistered. */
  forget(checkId: string): void {
    const beats = new Map(this.#beats);
    beats.delete(checkId);
    this.#beats = beats;
    this.#told.delete(checkId);
  }

  /** Nothing is passed any more, and no timer keeps the process. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#beats = new Map();
  }

  /** No timer while there is nothing to pass. */
  #schedule(): void {
    if (this.#beats.size === 0 || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      for (const [checkId, { status }] of this.#beats) {
        if (status === 'passing') this.#told.delete(checkId);
        void this.#tell(checkId);
      }
      this.#schedule();
    }, this.ttlMs / 3);
  }

  /** Tells Consul what is true of a check, until it knows. */
  async #tell(checkId: string): Promise<void> {
    if (this.#telling.has(checkId)) return;
    this.#telling.add(checkId);
    try {
      for (;;) {
        const beat = this.#beats.get(checkId);
        const told = this.#told.get(checkId);
        if (beat === undefined || this.#suspended) return;
        if (told?.status === beat.status && told.note === beat.note) return;
        await this.#send(checkId, beat);
        this.#told.set(checkId, beat);
      }
    } catch (error: unknown) {
      this.#options.logger.debug({ checkId, error }, 'A health check could not be updated in Consul');
    } finally {
      this.#telling.delete(checkId);
    }
  }

  /** A check that Consul does not know needs no second try, but a look at its registration. */
  async #send(checkId: string, { status, note }: Beat): Promise<void> {
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
