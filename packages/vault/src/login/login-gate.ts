import type { Clock } from '../time/clock.js';
import type { VaultError } from '../vault-error.js';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Keeps a client whose login Vault refuses from asking again with every call: for a while, calls fail with the refusal that is
 * known. Failures that pass by themselves (no connection, sealed) do not close it, so that calls succeed as soon as Vault is back.
 */
export class LoginGate {
  readonly #clock: Clock;
  #refusals = 0;
  #refusal: { readonly error: VaultError; readonly until: number } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws the last refusal, while it is fresh. */
  check(): void {
    if (this.#refusal !== undefined && this.#clock.now() < this.#refusal.until) throw this.#refusal.error;
  }

  /** A login failed. */
  close(error: VaultError): void {
    if (error.retryable || error.code === 'VAULT_ABORTED') return;
    this.#refusal = { error, until: this.#clock.now() + this.pauseMs(this.#refusals) };
    this.#refusals += 1;
  }

  /** A login succeeded. */
  open(): void {
    this.#refusals = 0;
    this.#refusal = undefined;
  }

  /** Before another login: doubling, half of it random, so that many clients do not return together. */
  pauseMs(failures: number): number {
    const full = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures, 10));
    return full * (0.5 + this.#clock.random() / 2);
  }
}
