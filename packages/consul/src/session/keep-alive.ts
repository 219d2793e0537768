import type { CallOptions } from '../call-options.js';
import { ConsulError, isConsulError } from '../consul-error.js';
import { allowManyListeners } from '../transport/allow-many-listeners.js';
import { pause } from '../watch/pause.js';
import type { SessionInfo } from './sessions.js';

/** What is kept alive, and how. */
export interface KeepAliveSpec {
  readonly id: string;
  readonly ttlMs: number;
  /** Time between renewals. Default, and at most: a third of the TTL. */
  readonly renewEveryMs?: number;
  /** Called for every proof with the time it was asked for. */
  readonly onRenewed?: (sentAt: number) => void;
  /** When the request that proved the session was sent, in milliseconds of `performance.now()`. */
  readonly provenAt: number;
  /** The client's end. */
  readonly closed: AbortSignal;
  /** Undefined: gone. */
  readonly renew: (options: CallOptions) => Promise<SessionInfo | undefined>;
  /** Reads it consistently. Undefined: gone. */
  readonly read: (options: CallOptions) => Promise<SessionInfo | undefined>;
}

/** A renewal that runs by itself. */
export interface KeepAlive {
  readonly lost: AbortSignal;
  readonly lastRenewedAt: number;
  /** Aborts when renewing ends, for whatever reason. */
  readonly ended: AbortSignal;
  /** Renews at once instead of at the next turn. */
  renewNow(): void;
  /** Ends renewing; `lost` stays as it is. */
  stop(): void;
}

/**
 * Renews at a third of the TTL, and asks for proofs then or more often. Only a consistent read proves that the session lives:
 * a renewal is answered out of the leader's memory, and one that was just elected may not have heard yet that it ended.
 * A failed renewal is tried again until one TTL has passed since the last good one was
 * *sent*: from then on the session cannot be proven and counts as lost, although Consul may keep it a little longer.
 */
export function keepAlive(spec: KeepAliveSpec): KeepAlive {
  return new Renewal(spec);
}

class Renewal implements KeepAlive {
  lastRenewedAt: number;
  readonly #spec: KeepAliveSpec;
  readonly #lost = new AbortController();
  readonly #end = new AbortController();
  readonly #onClosed = (): void => {
    this.#lose('its client was closed');
  };
  #expiry: NodeJS.Timeout | undefined;
  #turn = new AbortController();
  /** When the last good renewal was sent: the TTL counts from it. */
  #renewedAt = -Infinity;

  constructor(spec: KeepAliveSpec) {
    this.#spec = spec;
    this.lastRenewedAt = spec.provenAt;
    allowManyListeners(spec.closed);
    spec.closed.addEventListener('abort', this.#onClosed);
    this.#armExpiry();
    void this.#run();
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  get ended(): AbortSignal {
    return this.#end.signal;
  }

  renewNow(): void {
    this.#turn.abort();
  }

  stop(): void {
    clearTimeout(this.#expiry);
    this.#spec.closed.removeEventListener('abort', this.#onClosed);
    this.#end.abort();
    this.#turn.abort();
  }

  async #run(): Promise<void> {
    const { ttlMs } = this.#spec;
    let failed = false;
    for (;;) {
      const dueIn = failed ? retryPause(ttlMs) : this.lastRenewedAt + this.#renewEveryMs - performance.now();
      await pause(dueIn, this.#turn.signal);
      if (this.ended.aborted) break;
      this.#turn = new AbortController();
      failed = !(await this.#renew());
    }
  }

  /** False: try again. */
  async #renew(): Promise<boolean> {
    const sentAt = performance.now();
    try {
      const lives = await this.#ask(sentAt);
      if (this.ended.aborted) return true;
      if (!lives) this.#lose('Consul ended it: destroyed, expired, or one of its checks is critical');
      else this.#prove(sentAt);
      return true;
    } catch (error) {
      if (isConsulError(error) && error.code === 'CONSUL_SESSION_INVALID') this.#lose(error.message);
      return false;
    }
  }

  async #ask(sentAt: number): Promise<boolean> {
    const { ttlMs, renew, read } = this.#spec;
    const call = { signal: this.ended, timeoutMs: Math.ceil(this.#renewEveryMs) };
    // Not one turn later than a third of the TTL.
    const isDue = sentAt + this.#renewEveryMs > this.#renewedAt + ttlMs / 3;
    const [known, renewed] = await Promise.all([read(call), isDue ? renew(call) : true]);
    if (isDue) this.#renewedAt = sentAt;
    return known !== undefined && renewed !== undefined;
  }

  get #renewEveryMs(): number {
    const { ttlMs, renewEveryMs = Infinity } = this.#spec;
    return Math.min(ttlMs / 3, renewEveryMs);
  }

  #prove(sentAt: number): void {
    this.lastRenewedAt = sentAt;
    this.#armExpiry();
    this.#spec.onRenewed?.(sentAt);
  }

  #armExpiry(): void {
    clearTimeout(this.#expiry);
    const { ttlMs } = this.#spec;
    const leftMs = this.lastRenewedAt + ttlMs - performance.now();
    this.#expiry = setTimeout(
      () => {
        this.#lose(`no renewal succeeded within its TTL of ${ttlMs} ms`);
      },
      Math.max(0, leftMs),
    );
  }

  #lose(why: string): void {
    this.stop();
    const message = `The session ${this.#spec.id} is lost: ${why}. Its locks may be another's now; make a new session.`;
    this.#lost.abort(new ConsulError('CONSUL_SESSION_LOST', message, { retryable: false }));
  }
}

/** Short against the TTL, and spread, so that many sessions do not return together. */
function retryPause(ttlMs: number): number {
  return Math.min(1_000, ttlMs / 20) * (0.5 + Math.random() / 2);
}
