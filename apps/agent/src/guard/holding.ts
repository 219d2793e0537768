import { isAlive } from './process-identity.js';
import { monotonicNow } from '../lease/monotonic.js';
import { combineHolds } from './combine-holds.js';
import { ConsulCalls } from './consul-calls.js';
import { CrashBudget } from './crash-budget.js';
import { giveUp } from './give-up.js';
import { Holder } from './holder.js';

import type { Proof } from '../lease/fence-book.js';
import type { HoldMessage } from './protocol.js';
import type { ProcessIdentity } from './process-identity.js';

/** What keeping claims without an agent needs of the guard. */
export interface HoldingOptions {
  readonly log: (level: 'info' | 'warn' | 'error', message: string, context?: object) => void;
  readonly onProof: (proof: Proof) => void;
  /** Stops what must not run twice, and tells before how long that may take. Resolves with how many were found running. */
  readonly stop: (before: (withinMs: number) => void) => Promise<number>;
  /** Nothing exclusive may run from now on. */
  readonly expire: () => void;
}

/** An agent that comes has so long to prove its claims, once, whatever becomes of the time that was left. */
const ARRIVAL_MS = 5_000;

/**
 * Keeps an agent's claims while nobody hears of it, for as long as was agreed before, and gives them up when nobody came by
 * then. An agent that comes calls that off, at any moment.
 */
export class Holding {
  readonly #options: HoldingOptions;
  readonly #budget = new CrashBudget();
  #message: HoldMessage | undefined;
  #holder: Holder | undefined;
  #absentSince: number | undefined;
  /** When the claims are given up, and what that moves to at most when agents come. */
  #endsAt = 0;
  #lastEndsAt = 0;
  #arrivals = 0;
  #isGivingUp = false;
  #isExpired = false;
  /** Said once until the next proof. */
  #failure: unknown;
  #agent: ProcessIdentity | undefined;
  #agentProvenUntil = 0;

  constructor(options: HoldingOptions) {
    this.#options = options;
  }

  /** Claims are being kept, or given up. */
  get isActive(): boolean {
    return this.#holder !== undefined || this.#isGivingUp;
  }

  /** Until when somebody asked to have them kept, if that is not over. */
  get askedUntil(): number | undefined {
    const until = this.#message?.askedUntil;
    return until === undefined || until <= monotonicNow() ? undefined : until;
  }

  /** Where Consul is, as the agent said last. */
  get consul(): ConsulCalls | undefined {
    return this.#message === undefined ? undefined : new ConsulCalls(this.#message.consul);
  }

  wish(message: HoldMessage): void {
    this.#message = combineHolds(this.#message, message);
    this.#budget.fullMs = message.crashMs;
    if (this.#holder !== undefined) this.#hold(this.#message, this.#holder.until);
  }

  /** The agent's process; undefined where that cannot be told. */
  is(agent: ProcessIdentity | undefined): void {
    this.#agent = agent;
  }

  /** An agent has come, or one that was silent speaks. */
  came(): void {
    this.#arrivals += 1;
    const until = monotonicNow() + ARRIVAL_MS;
    if (this.#holder !== undefined) this.#endsAt = Math.min(this.#lastEndsAt, Math.max(this.#endsAt, until));
    else this.#absentSince = undefined;
  }

  /** The agent has proven its claims itself, until then. */
  proven(until: number): void {
    const now = monotonicNow();
    if (until <= now) return;
    this.#agentProvenUntil = until;
    this.#budget.well(now);
    if (this.#holder !== undefined) {
      this.#spend(now);
      this.#options.log('info', 'The agent has its claims again');
    }
    this.#absentSince = undefined;
    this.stop();
    if (this.#message?.leftUntil === undefined) return;
    const { leftUntil: _, ...message } = this.#message;
    this.#message = message;
  }

  /** Nothing is heard of the agent. */
  absent(why: string): void {
    if (this.#absentSince !== undefined) return;
    const now = monotonicNow();
    this.#absentSince = now;
    this.#budget.unwell();
    const message = this.#message;
    if (message === undefined || this.isActive) return;
    const { askedUntil = 0, leftUntil = 0 } = message;
    this.#endsAt = Math.max(askedUntil, leftUntil, now + this.#budget.leftMs);
    this.#lastEndsAt = this.#endsAt + ARRIVAL_MS;
    if (this.#endsAt <= now) {
      this.#options.log('warn', `${why}; exclusive containers are stopped when the lease is over`);
      return;
    }
    const forMs = Math.round(this.#endsAt - now);
    this.#options.log('info', `${why}; its claims are held for the next one`, { forMs });
    this.#hold(message, this.#lastEndsAt);
  }

  /** To be called often. */
  look(): void {
    if (this.#holder === undefined || this.#isGivingUp || monotonicNow() < this.#endsAt) return;
    this.#isGivingUp = true;
    void this.#giveUp(this.#holder).finally(() => (this.#isGivingUp = false));
  }

  /** Ends renewing; the sessions live on. */
  stop(): void {
    this.#holder?.stop();
    this.#holder = undefined;
  }

  #hold(hold: HoldMessage, until: number): void {
    this.#holder?.stop();
    const { log, onProof } = this.#options;
    const holder: Holder = new Holder({
      ...{ hold, until },
      onProof: (proof) => {
        // While claims are given up they are kept, but nothing may run on the strength of them any more.
        if (!this.#isExpired) onProof(proof);
        this.#failure = undefined;
      },
      consul: new ConsulCalls(hold.consul),
      onLost: () => {
        if (this.#holder !== holder) return;
        log('warn', 'The session is lost, and its claims with it: there is nothing left to hold');
        this.stop();
      },
      onFailure: (error) => {
        if (this.#failure === undefined)
          log('warn', 'The claims could not be renewed', { error: String(error) });
        this.#failure = error;
      },
    });
    this.#holder = holder;
  }

  #spend(now: number): void {
    const { askedUntil = 0, leftUntil = 0 } = this.#message ?? {};
    const since = Math.max(askedUntil, leftUntil, this.#absentSince ?? now);
    this.#budget.spend(Math.max(0, now - since));
  }

  async #giveUp(holder: Holder): Promise<void> {
    const { log, stop, expire } = this.#options;
    const hold = this.#message;
    if (hold === undefined) return;
    log('warn', 'No agent came back in time: its exclusive containers are stopped');
    const arrivals = this.#arrivals;
    const before = (withinMs: number): void => {
      holder.extend(this.#lastEndsAt + withinMs);
    };
    try {
      const done = await giveUp({
        ...{ hold, consul: new ConsulCalls(hold.consul) },
        stop: async () => stop(before),
        agentMayStart: () => this.#agentMayStart(),
        expire: () => {
          this.#isExpired = true;
          expire();
        },
        letGo: () => {
          this.stop();
        },
        calledOff: () => this.#arrivals !== arrivals || this.#holder !== holder,
      });
      if (done) this.#message = undefined;
      log(
        'info',
        done
          ? 'The claims are free for others'
          : 'Giving up is called off: an agent came, or another guard was first',
      );
    } catch (error: unknown) {
      if (this.#holder === holder) this.stop();
      log('error', 'The claims could not be given up; they lapse', { error: String(error) });
    }
    this.#isExpired = false;
  }

  /** One that is frozen may go on at any moment with what it last knew, until its own proof is over. */
  #agentMayStart(): boolean {
    return this.#agent !== undefined && isAlive(this.#agent) && monotonicNow() < this.#agentProvenUntil;
  }
}
