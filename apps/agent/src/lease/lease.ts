import { setImmediate as immediate, setTimeout as sleep } from 'node:timers/promises';

import { EngineCalls } from '../guard/engine-calls.js';
import { Fencer } from '../guard/fencer.js';
import { stopAll } from '../guard/stop-all.js';
import { AgentError } from '../agent-error.js';
import { FenceReports } from './fence-reports.js';
import { Guards } from './guards.js';
import { DEFAULT_LEASE_TERMS, silentAfter, termsWithin } from './lease-terms.js';
import { monotonicNow, toMonotonic } from './monotonic.js';

import type { FencedLabels, HoldMessage } from '../guard/protocol.js';
import type { LeaseMessage, Proof } from './fence-book.js';
import type { LeaseTerms } from './lease-terms.js';
import type { FencedContainers } from './fenced-containers.js';
import type { Logger } from '@raftainer/logger';

/** The time during which this host's exclusive claims are certainly its own. */
export interface Lease {
  /** These are in force from the next proof on: those that the exclusive session keeps. */
  adopt(terms: LeaseTerms): void;
  /** Stops everything that a lease is needed for, and resolves when nothing of it lives. */
  stopAll(): Promise<void>;
  /** A renewal of the exclusive session that was sent at this moment of `performance.now()` succeeded. */
  proven(session: string, sentAt: number): void;
  /** What a cycle saw running that must not run without a claim. */
  saw(session: string, running: FencedContainers): void;
  /**
   * Waits until all guards are there, and tells everybody of the start of an exclusive container that follows. Throws
   * `AGENT_GUARD_MISSING` when they do not come, `AGENT_LEASE_UNPROVEN` when the container may not start now.
   */
  beforeStart(start: ExclusiveStart, signal: AbortSignal): Promise<void>;
  /** Says how, and how long, the claims are kept without this agent. */
  hold(message: Omit<HoldMessage, 'kind'>): void;
  /** Nothing exclusive is left, so nothing has to be guarded. */
  retire(): void;
  run(signal: AbortSignal): Promise<void>;
}

/** A container that is about to be started under a claim. */
export interface ExclusiveStart {
  readonly container: string;
  /** Which the claim was taken under. */
  readonly session: string | undefined;
  /** By the id of the slot's main service. */
  readonly slot?: string;
}

/** What a guarded lease needs. */
export interface GuardedLeaseOptions {
  readonly terms: LeaseTerms;
  readonly stateDir: string;
  readonly version: string;
  /** How the containers are known that must not run without a proof. */
  readonly fenced: FencedLabels;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
  /**
   * What runs here was started under this state directory, so it is stopped when its claim cannot be proven. Else another
   * agent with the name of this host, by mistake, may have started it.
   */
  readonly answersForRunning: boolean;
  /** Of the session under which it was started, as far as it is known, in milliseconds. */
  readonly lockDelayMs?: number;
}

/** Between asking Docker for a start and the container's first breath. */
const START_MARGIN_MS = 1_000;
/** How long what was to be stopped is looked for. */
const STOP_ALL_PATIENCE_MS = 15_000;
const STOP_ALL_LOOK_MS = 100;
/** How long a start waits for the guards. One that was killed is back within a second. */
const GUARD_PATIENCE_MS = 10_000;

/** Ends in this process and in the guards, by the same rule: any one is enough. */
export class GuardedLease implements Lease {
  readonly #fencer: Fencer;
  readonly #guards: Guards;
  readonly #stopping: { readonly engine: EngineCalls; readonly fenced: FencedLabels };
  #fenceAfterMs: number;
  #session = '';

  constructor(options: GuardedLeaseOptions) {
    const { terms, fenced, stateDir, version, environment, logger } = options;
    // What runs was started under the terms of before; what is configured now may promise more than its session keeps.
    const { lockDelayMs = DEFAULT_LEASE_TERMS.lockDelayMs } = options;
    const { fenceAfterMs, stopTimeoutMs, freeze = false } = termsWithin(terms, lockDelayMs) ?? terms;
    this.#fenceAfterMs = fenceAfterMs;
    this.#stopping = { engine: new EngineCalls(environment), fenced };
    const reports = new FenceReports(logger);
    this.#fencer = new Fencer({
      engine: this.#stopping.engine,
      ...fenced,
      ...{ stopTimeoutMs, freeze },
      fenceAt: options.answersForRunning ? monotonicNow() + fenceAfterMs : Infinity,
      onFence: (event) => {
        reports.tell(event, 'agent');
      },
      // The guards may have proven meanwhile what this process could not: what they said is read before it acts.
      beforeLook: immediate,
    });
    const unproven = options.answersForRunning ? { unprovenMs: fenceAfterMs } : {};
    const silentAfterMs = silentAfter(terms);
    const hello = {
      kind: 'hello',
      fenced,
      ...{ stopTimeoutMs, freeze },
      ...unproven,
      pid: process.pid,
      silentAfterMs,
    } as const;
    const onProof = (proof: Proof): void => {
      if (proof.session === this.#session) this.#fencer.apply(proof);
    };
    this.#guards = new Guards({ stateDir, version, hello, reports, logger, onProof });
  }

  adopt({ fenceAfterMs, stopTimeoutMs, freeze }: LeaseTerms): void {
    this.#fenceAfterMs = fenceAfterMs;
    this.#fencer.adopt(stopTimeoutMs, freeze);
    this.#guards.adopt(stopTimeoutMs);
  }

  async stopAll(): Promise<void> {
    const { starting } = this.#fencer;
    // An engine that does not do it leaves it to the fencer, who kills what lives.
    await stopAll({ ...this.#stopping, starting, before: () => undefined }).catch(() => undefined);
    this.#fencer.expire();
    const endsAt = monotonicNow() + STOP_ALL_PATIENCE_MS;
    while (this.#fencer.countAlive() > 0 && monotonicNow() < endsAt) await sleep(STOP_ALL_LOOK_MS);
  }

  proven(session: string, sentAt: number): void {
    this.#session = session;
    const provenAt = toMonotonic(sentAt);
    this.#tell({ kind: 'renew', session, sentAt: provenAt, fenceAt: provenAt + this.#fenceAfterMs });
  }

  saw(session: string, running: FencedContainers): void {
    this.#tell({ kind: 'containers', session, ...running });
  }

  async beforeStart({ container, session, slot }: ExclusiveStart, signal: AbortSignal): Promise<void> {
    await this.#awaitGuards(signal);
    // Work that began under a session that was lost meanwhile has no claim, however well its successor is proven.
    if (session === undefined || session !== this.#session) throw leaseUnproven(CLAIM_LOST);
    if (!this.#fencer.mayRun(START_MARGIN_MS)) throw leaseUnproven(NOT_CONFIRMED);
    // An engine that dies in the middle of the start leaves a container that no list has ever shown.
    this.#tell({ kind: 'starting', session, container, ...(slot === undefined ? {} : { slot }) });
  }

  hold(message: Omit<HoldMessage, 'kind'>): void {
    this.#guards.hold({ kind: 'hold', ...message });
  }

  retire(): void {
    this.#guards.retire();
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.#guards.run(signal);
    this.#fencer.close();
  }

  #tell(message: LeaseMessage): void {
    this.#fencer.apply(message);
    this.#guards.tell(message);
  }

  /** What starts without them would be left alone when the agent dies. */
  async #awaitGuards(signal: AbortSignal): Promise<void> {
    const patience = AbortSignal.timeout(GUARD_PATIENCE_MS);
    try {
      await this.#guards.complete(signal, patience);
    } catch (error: unknown) {
      signal.throwIfAborted();
      throw new AgentError(
        'AGENT_GUARD_MISSING',
        'A guard of this host is missing: nothing exclusive is started without it, see guard-1.log and guard-2.log in the state directory.',
        { retryable: true, cause: error },
      );
    }
  }
}

const CLAIM_LOST =
  'The session under which this slot was claimed is lost, and the claim with it: nothing exclusive is started until it is claimed again.';
const NOT_CONFIRMED =
  'Consul has not confirmed the claims of this host for too long: nothing exclusive is started until it does.';

function leaseUnproven(message: string): AgentError {
  return new AgentError('AGENT_LEASE_UNPROVEN', message, { retryable: true });
}

/** With the embedded Consul this host is the whole cluster: nobody else can hold a claim, so nothing has to be stopped. */
export const UNGUARDED_LEASE: Lease = {
  adopt: () => undefined,
  stopAll: async () => Promise.resolve(),
  proven: () => undefined,
  saw: () => undefined,
  beforeStart: async () => Promise.resolve(),
  hold: () => undefined,
  retire: () => undefined,
  run: async () => Promise.resolve(),
};
