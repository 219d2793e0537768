import { withinScope } from '../transport/call-scope.js';
import type { Clock } from '../time/clock.js';
import type { Life } from '../time/renewal.js';
import { Renewal } from '../time/renewal.js';
import type { CallOptions } from '../call-options.js';
import type { Transport } from '../transport/transport.js';
import { isVaultError, VaultError } from '../vault-error.js';
import { isRefused } from './is-refused.js';
import type { Login } from './login-method.js';
import { loginOf } from './read-login.js';
import type { TokenState } from './token-event.js';

/** What becomes of a held token. */
export interface HeldTokenEvents {
  readonly onRenewed: (held: HeldToken) => void;
  readonly onFailing: (error: VaultError, retryInMs: number) => void;
  /** It cannot be renewed beyond `endsAt`. */
  readonly onFinalEnd: (held: HeldToken) => void;
  readonly onEnded: (why: string) => void;
}

/** A token and whom to tell. */
export interface HeldTokenSpec {
  readonly login: Login;
  /** When the login was sent, by the clock's `now`. */
  readonly sentAt: number;
  readonly keeper: { readonly transport: Transport; readonly clock: Clock };
  readonly events: HeldTokenEvents;
}

/** One token from its login to its end. */
export class HeldToken {
  readonly token: string;
  readonly #spec: HeldTokenSpec;
  readonly #renewal: Renewal | undefined;
  #failing = false;
  #final = false;
  #cancelEnd: () => void = () => undefined;

  constructor(spec: HeldTokenSpec) {
    this.token = spec.login.token;
    this.#spec = spec;
    this.#renewal = spec.login.endless ? undefined : this.#keepRenewed();
  }

  /** By the clock's `now`; infinite for a token without an end. */
  get endsAt(): number {
    return this.#renewal?.endsAt ?? Infinity;
  }

  /** The same, once it cannot be pushed out any more. */
  get finalEnd(): number | undefined {
    return this.#final ? this.endsAt : undefined;
  }

  /** The token that made it ends then; by the clock's `now`. */
  limit(endsAt: number): void {
    if (!this.#spec.login.orphan) this.#renewal?.limit(endsAt);
  }

  /** What may be told of it. */
  summary(): { readonly accessor: string | undefined; readonly expiresAt: number | undefined } {
    const { clock } = this.#spec.keeper;
    const expiresAt = Math.round(clock.wallNow() + this.endsAt - clock.now());
    return {
      accessor: this.#spec.login.accessor,
      expiresAt: Number.isFinite(expiresAt) ? expiresAt : undefined,
    };
  }

  state(lost: boolean): TokenState {
    const { accessor, expiresAt } = this.summary();
    const good = this.#failing ? 'renewing-fails' : 'valid';
    return {
      state: lost ? 'lost' : good,
      renewable: this.#spec.login.renewable,
      ...(accessor === undefined ? {} : { accessor }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    };
  }

  stop(): void {
    this.#renewal?.stop();
    this.#cancelEnd();
  }

  #keepRenewed(): Renewal {
    const { login, sentAt, keeper, events } = this.#spec;
    return new Renewal({
      clock: keeper.clock,
      life: login,
      issuedAt: sentAt,
      renew: (options) => this.#renew(options),
      isGone: ({ code }) => code === 'VAULT_TOKEN_LOST',
      onRenewed: () => {
        this.#failing = false;
        events.onRenewed(this);
      },
      onFailing: (error, retryInMs) => {
        this.#failing = true;
        events.onFailing(error, retryInMs);
      },
      onEnding: (reason) => {
        if (reason === 'maximum') this.#awaitEnd();
        else
          events.onEnded(reason === 'gone' ? 'Vault no longer knows it' : 'it could not be renewed in time');
      },
    });
  }

  /** The token stays in use until its end, unless another takes its place. */
  #awaitEnd(): void {
    const { keeper, events } = this.#spec;
    this.#failing = true;
    this.#final = true;
    this.#cancelEnd = keeper.clock.after(Math.max(0, this.endsAt - keeper.clock.now()), () => {
      events.onEnded('it reached its maximum life');
    });
    events.onFinalEnd(this);
  }

  async #renew(options: CallOptions): Promise<Life> {
    const { transport } = this.#spec.keeper;
    const spec = {
      doing: 'renewing the token',
      method: 'POST',
      path: 'auth/token/renew-self',
      token: this.token,
      body: {},
    } as const;
    return withinScope({ ...transport, doing: spec.doing, options }, async (signal) => {
      try {
        return loginOf(await transport.send(spec, signal));
      } catch (error) {
        const denied = isVaultError(error) && error.code === 'VAULT_DENIED';
        if (!denied || !(await isRefused(transport, this.token, signal))) throw error;
        throw new VaultError('VAULT_TOKEN_LOST', 'Vault no longer knows the token.', { retryable: false });
      }
    });
  }
}
