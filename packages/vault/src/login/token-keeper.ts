import { settleBy, withinScope } from '../transport/call-scope.js';
import type { Transport } from '../transport/transport.js';
import type { Clock } from '../time/clock.js';
import { isVaultError } from '../vault-error.js';
import type { VaultError } from '../vault-error.js';
import { HeldToken } from './held-token.js';
import { LoginGate } from './login-gate.js';
import type { LoginMethod } from './login-method.js';
import type { TokenEvent, TokenState } from './token-event.js';
import { tokenEnding, tokenLost } from './token-lost.js';

/** What a keeper works with. */
export interface TokenKeeperSpec {
  readonly transport: Transport;
  readonly method: LoginMethod;
  readonly clock: Clock;
  readonly onChange: (event: TokenEvent) => void;
  /** Whose token makes this one's: unless that is an orphan, it ends together with the other. */
  readonly parent?: TokenKeeper;
}

/**
 * Holds the one token of a client: gets it when it is first asked for, keeps it renewed, and gets another before its end, or when it has
 * ended. Logins are single flight and belong to nobody: a caller that gives up does not end the login that others wait for.
 */
export class TokenKeeper {
  readonly #spec: TokenKeeperSpec;
  readonly #gate: LoginGate;
  readonly #endListeners = new Set<(endsAt: number) => void>();
  #held: HeldToken | undefined;
  #login: Promise<HeldToken> | undefined;
  /** Why there is no token any more; calls of a method that cannot log in again fail with it. */
  #lost: VaultError | undefined;
  #cancelRetry: () => void = () => undefined;
  #leaveParent: () => void = () => undefined;

  constructor(spec: TokenKeeperSpec) {
    this.#spec = spec;
    this.#gate = new LoginGate(spec.clock);
  }

  state(): TokenState {
    if (this.#held === undefined) return { state: this.#lost === undefined ? 'none' : 'lost' };
    return this.#held.state(this.#lost !== undefined);
  }

  /** The token now in use, without a login. */
  current(): string | undefined {
    return this.#lost === undefined ? this.#held?.token : undefined;
  }

  /** A token to send; logs in when there is none. */
  async token(signal: AbortSignal): Promise<string> {
    const { method } = this.#spec;
    const current = this.current();
    const isReplaced = method.isReplaced?.() === true;
    if (current !== undefined)
      return isReplaced && method.isGiven === true ? this.#follow(current, signal) : current;
    if (this.#lost !== undefined && !method.repeatable) throw this.#lost;
    // What was refused before says nothing of what has replaced it.
    if (!isReplaced) this.#gate.check();
    return (await settleBy(this.#logIn(), signal)).token;
  }

  /** The token that was given in place of one that is still good; when Vault does not take it, that stays. */
  async #follow(current: string, signal: AbortSignal): Promise<string> {
    try {
      return (await settleBy(this.#logIn(), signal)).token;
    } catch (error) {
      if (signal.aborted || this.current() !== current) throw error;
      if (isVaultError(error)) this.#tellFailure(error, undefined);
      return current;
    }
  }

  /** Another token than this one, which Vault no longer knows. */
  async replace(refused: string, signal: AbortSignal): Promise<string> {
    if (this.current() === refused) this.#lose('Vault no longer knows it: expired or revoked');
    return this.token(signal);
  }

  /** Calls when the end of the token in use is final, at once if it is already. Gives what removes the listener. */
  onFinalEnd(listener: (endsAt: number) => void): () => void {
    this.#endListeners.add(listener);
    const end = this.#held?.finalEnd;
    if (end !== undefined) listener(end);
    return () => {
      this.#endListeners.delete(listener);
    };
  }

  /** Ends renewing and logging in. The token stays as it is. */
  stop(): void {
    this.#leaveParent();
    this.#cancelRetry();
    this.#held?.stop();
  }

  #logIn(): Promise<HeldToken> {
    this.#login ??= this.#logInOnce().finally(() => {
      this.#login = undefined;
    });
    return this.#login;
  }

  async #logInOnce(): Promise<HeldToken> {
    const { transport, method, clock } = this.#spec;
    const sentAt = clock.now();
    const scope = { doing: 'logging in', options: undefined, ...transport };
    try {
      const login = await withinScope(scope, (signal) => method.login(signal));
      this.#gate.open();
      return this.#hold(new HeldToken({ login, sentAt, keeper: this.#spec, events: this.#eventsOf() }));
    } catch (error) {
      if (isVaultError(error)) this.#gate.close(error);
      throw error;
    }
  }

  #hold(held: HeldToken): HeldToken {
    this.stop();
    this.#held = held;
    this.#lost = undefined;
    const parent = this.#spec.parent?.onFinalEnd((endsAt) => {
      held.limit(endsAt);
    });
    this.#leaveParent = parent ?? this.#leaveParent;
    this.#tell({ type: 'logged-in', ...held.summary() });
    if (this.#spec.transport.closed.aborted) this.stop();
    return held;
  }

  #eventsOf(): ConstructorParameters<typeof HeldToken>[0]['events'] {
    return {
      onRenewed: (held) => {
        this.#tell({ type: 'renewed', ...held.summary() });
      },
      onFailing: (error, retryInMs) => {
        this.#tellFailure(error, retryInMs);
      },
      onFinalEnd: (held) => {
        this.#endListeners.forEach((listener) => {
          listener(held.endsAt);
        });
        const { repeatable, isGiven } = this.#spec.method;
        // The same token again would be no other: somebody has to replace it.
        if (repeatable && isGiven !== true) this.#logInAgain(0);
        else this.#tellFailure(tokenEnding(held.summary().expiresAt), undefined);
      },
      onEnded: (why) => {
        this.#lose(why);
        if (this.#spec.method.repeatable) this.#logInAgain(0);
      },
    };
  }

  /** In the background, until it succeeds or Vault refuses; a refused login is left to the calls that need it. */
  #logInAgain(failures: number): void {
    const { transport, clock } = this.#spec;
    this.#logIn().catch((error: unknown) => {
      if (transport.closed.aborted || !isVaultError(error)) return;
      const retryInMs = error.retryable ? this.#gate.pauseMs(failures) : undefined;
      this.#tellFailure(error, retryInMs);
      if (retryInMs === undefined) return;
      this.#cancelRetry();
      this.#cancelRetry = clock.after(retryInMs, () => {
        this.#logInAgain(failures + 1);
      });
    });
  }

  #lose(why: string): void {
    this.#held?.stop();
    this.#lost = tokenLost(why, this.#spec.method.repeatable);
    this.#tell({ type: 'lost', error: this.#lost });
  }

  #tellFailure(error: VaultError, retryInMs: number | undefined): void {
    const retryAt = retryInMs === undefined ? undefined : this.#spec.clock.wallNow() + retryInMs;
    this.#tell({ type: 'renewal-failed', error, retryAt });
  }

  #tell(event: TokenEvent): void {
    if (!this.#spec.transport.closed.aborted) this.#spec.onChange(event);
  }
}
