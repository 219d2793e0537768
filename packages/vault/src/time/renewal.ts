import type { CallOptions } from '../call-options.js';
import { isVaultError, VaultError } from '../vault-error.js';
import type { Clock } from './clock.js';

/** What Vault says about the life of a token or a lease. */
export interface Life {
  /** From the moment it was issued or renewed. */
  readonly durationSec: number;
  readonly renewable: boolean;
}

/** Why renewing ended. See `Leases.keep`. */
export type Ending = 'maximum' | 'gone' | 'expired';

/** What is renewed, how, and who is told. */
export interface RenewalSpec {
  readonly clock: Clock;
  /** As it was issued. */
  readonly life: Life;
  /** When the request that got it was sent, by the clock's `now`. */
  readonly issuedAt: number;
  readonly renew: (options: CallOptions) => Promise<Life>;
  /** The error says that there is nothing to renew any more. */
  readonly isGone: (error: VaultError) => boolean;
  readonly onRenewed: (life: Life) => void;
  /** `retryInMs`: when it is tried again. */
  readonly onFailing: (error: VaultError, retryInMs: number) => void;
  /** Once, after everything else. */
  readonly onEnding: (reason: Ending) => void;
}

/** Less than this part of its full life means that Vault has cut it at a maximum. */
const CUT = 0.9;

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
const SHORTEST_RETRY_MS = 100;
const LONGEST_ATTEMPT_MS = 10_000;

/**
 * Renews a token or a lease until it is stopped or can no longer be pushed out. Lives are counted from when the request was *sent*,
 * so Vault never ends one earlier than is thought here. No increment is asked for, so each good renewal gives a full life; one that gives less was cut at a
 * maximum, and its end is final.
 */
export class Renewal {
  /** By the clock's `now`. */
  endsAt: number;
  readonly #spec: RenewalSpec;
  #fullMs: number;
  /** Beyond this it cannot live, whatever Vault answers. */
  #limit = Infinity;
  #failures = 0;
  #stopped = false;
  #cancelTurn: () => void = () => undefined;
  #cancelExpiry: () => void = () => undefined;

  constructor(spec: RenewalSpec) {
    this.#spec = spec;
    this.#fullMs = spec.life.durationSec * 1_000;
    this.endsAt = spec.issuedAt + this.#fullMs;
    this.#armExpiry();
    if (spec.life.renewable) this.#armRenewal();
    else this.#armMaximum(2 / 3);
  }

  /** The end can be at most this, by the clock's `now`. */
  limit(endsAt: number): void {
    this.#limit = Math.min(this.#limit, endsAt);
    if (this.#stopped || this.endsAt <= this.#limit) return;
    this.endsAt = this.#limit;
    this.#armExpiry();
    this.#armMaximum(1 / 2);
  }

  /** Ends renewing; nobody is told. */
  stop(): void {
    this.#stopped = true;
    this.#cancelTurn();
    this.#cancelExpiry();
  }

  get #leftMs(): number {
    return Math.max(0, this.endsAt - this.#spec.clock.now());
  }

  #armRenewal(): void {
    this.#arm(this.#spread(this.#leftMs * (2 / 3)), () => void this.#renew());
  }

  #armMaximum(part: number): void {
    this.#arm(this.#spread(this.#leftMs * part), () => {
      this.#finish('maximum');
    });
  }

  #arm(ms: number, call: () => void): void {
    this.#cancelTurn();
    this.#cancelTurn = this.#spec.clock.after(ms, call);
  }

  #armExpiry(): void {
    this.#cancelExpiry();
    this.#cancelExpiry = this.#spec.clock.after(this.#leftMs, () => {
      this.#finish('expired');
    });
  }

  /** A tenth earlier at most, so that many which began together do not return together. */
  #spread(ms: number): number {
    return ms * (1 - this.#spec.clock.random() / 10);
  }

  async #renew(): Promise<void> {
    const sentAt = this.#spec.clock.now();
    try {
      const life = await this.#spec.renew({ timeoutMs: this.#attemptMs });
      if (!this.#isOver()) this.#succeed(life, sentAt);
    } catch (error) {
      if (!this.#isOver()) this.#fail(asVaultError(error));
    }
  }

  /** A method, since it changes while a renewal is awaited. */
  #isOver(): boolean {
    return this.#stopped;
  }

  /** A hanging attempt must leave time for another. */
  get #attemptMs(): number {
    return Math.min(LONGEST_ATTEMPT_MS, Math.max(SHORTEST_RETRY_MS, Math.ceil(this.#leftMs / 3)));
  }

  #succeed(life: Life, sentAt: number): void {
    const durationMs = life.durationSec * 1_000;
    const end = Math.min(sentAt + durationMs, this.#limit);
    const isFinal = !life.renewable || durationMs < CUT * this.#fullMs || end === this.#limit;
    this.#failures = 0;
    this.#fullMs = Math.max(this.#fullMs, durationMs);
    this.endsAt = end;
    this.#armExpiry();
    if (isFinal) this.#armMaximum(1 / 2);
    else this.#armRenewal();
    this.#spec.onRenewed(life);
  }

  #fail(error: VaultError): void {
    if (this.#spec.isGone(error)) {
      this.#finish('gone');
      return;
    }
    // Vault will say no again: better a new one in time than none at the end.
    const giveUpInMs = error.retryable ? this.#leftMs : this.#leftMs - this.#fullMs / 6;
    if (giveUpInMs <= 0) {
      this.#finish('expired');
      return;
    }
    const retryInMs = Math.min(this.#retryMs(), giveUpInMs);
    this.#arm(retryInMs, () => void this.#renew());
    this.#spec.onFailing(error, retryInMs);
  }

  /** Doubling, half of it random, never a large part of what is left. */
  #retryMs(): number {
    const full = Math.min(
      FIRST_RETRY_MS * 2 ** Math.min(this.#failures, 10),
      LONGEST_RETRY_MS,
      this.#leftMs / 4,
    );
    this.#failures += 1;
    return Math.max(SHORTEST_RETRY_MS, full * (0.5 + this.#spec.clock.random() / 2));
  }

  #finish(reason: Ending): void {
    this.stop();
    this.#spec.onEnding(reason);
  }
}

function asVaultError(error: unknown): VaultError {
  if (isVaultError(error)) return error;
  const message = error instanceof Error ? error.message : 'unknown failure';
  return new VaultError('VAULT_BAD_ANSWER', `A renewal failed: ${message}.`, { retryable: true });
}
