import { setTimeout as sleep } from 'node:timers/promises';

import { codeOf } from '../agent-error.js';

import type { AgentCheck } from './agent-check.js';
import type { LeaseTerms } from '../lease/lease-terms.js';
import type { ConsulClient, HeldSession, HoldOptions } from '@raftainer/consul';
import { renewEveryMs, termsWithin } from '../lease/lease-terms.js';

/** Ids of the two sessions of a host. */
export interface SessionIds {
  readonly exclusive?: string;
  readonly shared?: string;
}

/** What holding them needs. */
export interface SessionsOptions {
  readonly consul: ConsulClient;
  readonly host: string;
  readonly terms: LeaseTerms;
  /** The check they hang on; absent where the server ends with the agent anyway. */
  readonly check?: AgentCheck;
  /** The terms that the exclusive session keeps; before anything is proven. */
  readonly onTerms: (terms: LeaseTerms) => void;
  readonly onProven: (session: string, sentAt: number) => void;
}

/** A new check needs a moment until the servers know it. */
const CHECK_TRIES = 40;
const CHECK_PAUSE_MS = 50;

/**
 * The two sessions of a host: the exclusive one, whose lost locks stay closed for the lock delay, and the shared one,
 * whose lost locks are free at once. Both end when the agent's check lapses.
 */
export class HostSessions {
  readonly exclusive: HeldSession;
  readonly shared: HeldSession;
  /** Those in force: what is configured, as far as the exclusive session keeps it. */
  readonly terms: LeaseTerms;

  private constructor(exclusive: HeldSession, shared: HeldSession, terms: LeaseTerms) {
    this.exclusive = exclusive;
    this.shared = shared;
    this.terms = terms;
  }

  /** Makes the sessions, or resumes those that still live. */
  static async hold(
    options: SessionsOptions,
    resume: SessionIds,
    signal: AbortSignal,
  ): Promise<HostSessions> {
    const { host, onProven, onTerms } = options;
    const { terms, resumeId } = await exclusiveTerms(options, resume.exclusive, signal);
    const shared = await holdOne(options, signal, {
      name: `raftainer ${host} (shared)`,
      lockDelayMs: 0,
      ...(resume.shared === undefined ? {} : { resumeId: resume.shared }),
    });
    try {
      const own: { id?: string } = {};
      const exclusive = await holdOne(options, signal, {
        name: `raftainer ${host} (exclusive)`,
        lockDelayMs: terms.lockDelayMs,
        renewEveryMs: renewEveryMs(terms),
        onRenewed: (sentAt) => {
          if (own.id !== undefined) onProven(own.id, sentAt);
        },
        ...(resumeId === undefined ? {} : { resumeId }),
      });
      const inForce = termsWithin(terms, exclusive.lockDelayMs) ?? terms;
      onTerms(inForce);
      own.id = exclusive.id;
      onProven(exclusive.id, exclusive.lastRenewedAt);
      return new HostSessions(exclusive, shared, inForce);
    } catch (error: unknown) {
      await letGo(shared).catch(() => undefined);
      throw error;
    }
  }

  /** Whether both are those of an earlier run. */
  get resumed(): boolean {
    return this.exclusive.resumed && this.shared.resumed;
  }

  get isLost(): boolean {
    return this.exclusive.lost.aborted || this.shared.lost.aborted;
  }

  /** Why they are lost. */
  get reason(): unknown {
    const { lost } = this.exclusive.lost.aborted ? this.exclusive : this.shared;
    return lost.reason as unknown;
  }

  /** Leaves them alive, for the next run to resume. */
  detach(): void {
    this.exclusive.detach();
    this.shared.detach();
  }

  /** Ends them. */
  async release(): Promise<void> {
    await Promise.all([this.exclusive.release(), this.shared.release()]);
  }

  /** Gives up what was made for a try that failed. What was resumed still holds claims: the next try resumes it. */
  async letGo(): Promise<void> {
    await Promise.all([letGo(this.exclusive), letGo(this.shared)]);
  }
}

/**
 * A session keeps the lock delay that it was made with, and protects what runs for so long. One that protects less than any
 * terms need is not resumed.
 */
async function exclusiveTerms(
  { consul, terms }: SessionsOptions,
  id: string | undefined,
  signal: AbortSignal,
): Promise<{ readonly terms: LeaseTerms; readonly resumeId?: string }> {
  if (id === undefined) return { terms };
  const info = await consul.sessions.info(id, { signal });
  if (info === undefined) return { terms };
  const kept = termsWithin(terms, info.lockDelayMs);
  return kept === undefined ? { terms } : { terms: kept, resumeId: id };
}

type Purpose = Pick<HoldOptions, 'name' | 'lockDelayMs' | 'renewEveryMs' | 'onRenewed' | 'resumeId'>;

async function holdOne(
  { consul, terms, check }: SessionsOptions,
  signal: AbortSignal,
  purpose: Purpose,
): Promise<HeldSession> {
  const checks = check === undefined ? {} : { checks: [check.checkId] };
  for (let tries = 1; ; tries += 1) {
    try {
      return await consul.sessions.hold({ ttlMs: terms.sessionTtlMs, ...checks, ...purpose, signal });
    } catch (error: unknown) {
      if (codeOf(error) !== 'CONSUL_SESSION_REFUSED' || tries === CHECK_TRIES) throw error;
      await sleep(CHECK_PAUSE_MS, undefined, { signal });
    }
  }
}

async function letGo(held: HeldSession): Promise<void> {
  if (held.resumed) held.detach();
  else await held.release();
}
