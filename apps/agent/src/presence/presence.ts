import { setTimeout as sleep } from 'node:timers/promises';

import { AgentError, codeOf } from '../agent-error.js';
import { firstAborted } from './first-aborted.js';
import { holdMessage } from './hold-message.js';
import { NameHolders } from './name-holders.js';
import { sessionsToResume } from './sessions-to-resume.js';
import { SessionMemory } from './session-memory.js';
import { SessionOrigins } from './session-origins.js';
import { displaced, makeWay, whoDisplaces } from './displaced.js';
import { hostRecord, tellTerms } from './terms-in-force.js';
import { HostSessions } from './sessions.js';

import type { AgentCheck } from './agent-check.js';
import type { HoldWish } from './hold-message.js';
import type { StateDir } from './state-dir.js';
import type { Lease } from '../lease/lease.js';
import type { LeaseTerms } from '../lease/lease-terms.js';
import type { Cluster, HostRecord } from '@raftainer/cluster';
import type { Docker } from '@raftainer/docker';
import type { ConsulClient, ConsulOptions } from '@raftainer/consul';
import type { Logger } from '@raftainer/logger';
import type { SessionsView } from '@raftainer/planner';

/** What presence needs. */
export interface PresenceOptions {
  readonly consul: ConsulClient;
  /** Where Consul is, for whoever renews in the agent's place. */
  readonly consulOptions: ConsulOptions;
  readonly docker: Pick<Docker, 'info'>;
  readonly cluster: Cluster;
  /** Name of this host. */
  readonly host: string;
  readonly stateDir: StateDir;
  readonly logger: Logger;
  readonly terms: LeaseTerms;
  readonly lease: Lease;
  /** Absent with the embedded Consul, which ends with the agent anyway. */
  readonly check?: AgentCheck;
  readonly record: () => Promise<HostRecord>;
  /** Take over the sessions that hold this host's name, whoever made them. */
  readonly fastStartup: boolean;
  /** The sessions came or went. */
  readonly onChange: () => void;
}

const RETRY_MS = 1_000;
/**
 * Keeps this host present in the cluster: a check that passes while the agent runs, and two sessions that hang on it and
 * hold the host's name and all its claims. A restarted agent resumes the sessions of its last run and so keeps everything.
 */
export class Presence {
  readonly #options: PresenceOptions;
  #held: HostSessions | undefined;
  #lastComplaint: string | undefined;
  readonly #holders: NameHolders;
  readonly #memory: SessionMemory;
  readonly #origins: SessionOrigins;

  constructor(options: PresenceOptions) {
    this.#options = options;
    this.#memory = new SessionMemory(options.stateDir, options.logger);
    this.#origins = new SessionOrigins(options);
    this.#holders = new NameHolders({ ...options, sessionTtlMs: options.terms.sessionTtlMs });
  }

  /** The sessions to claim under. Throws while there are none. */
  sessions(): SessionsView {
    if (this.#held === undefined || this.#held.isLost) {
      const message = 'There is no Consul session at the moment; nothing is claimed or changed without one.';
      throw new AgentError('AGENT_NO_SESSION', message, { retryable: true });
    }
    return { exclusive: this.#held.exclusive.id, shared: this.#held.shared.id };
  }

  /**
   * Becomes and stays present until the signal aborts.
   *
   * @throws AgentError `AGENT_HOSTNAME_TAKEN` when another agent keeps this host's name.
   */
  async run(signal: AbortSignal): Promise<void> {
    let beats: Promise<void> | undefined;
    while (!signal.aborted) {
      const held = await this.#hold(signal);
      if (held === undefined) break;
      this.#held = held;
      this.tellGuards();
      beats ??= this.#options.check?.run(signal);
      this.#options.onChange();
      await this.#staysPresent(held, signal);
      if (held.isLost) this.#lose(held);
    }
    await beats;
  }

  /** Leaves the sessions alive for the next run to resume, and has them kept until it comes. */
  detach(): void {
    this.tellGuards({ kind: 'left', forMs: this.#options.terms.holdMs });
    this.#held?.detach();
  }

  /**
   * Has the claims of this host kept for so long, whatever becomes of the agent.
   *
   * @throws AgentError `AGENT_NO_SESSION` when there is nothing to keep.
   */
  hold(forMs: number): void {
    this.sessions();
    this.tellGuards({ kind: 'asked', forMs });
  }

  /** How claims are kept without this agent. A crash tells nobody, so they know it beforehand. */
  tellGuards(wish?: HoldWish): void {
    const { host, check, lease, consulOptions: consul } = this.#options;
    const held = this.#held;
    if (check !== undefined && held?.isLost === false)
      lease.hold(holdMessage({ held, host, check, terms: held.terms, consul, wish }));
  }

  /** Ends the sessions: the host's name and whatever it still claims are free. */
  async release(): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined) return;
    const { cluster, check, lease } = this.#options;
    await cluster.hosts.release(held.shared.id, await this.#record(held));
    await held.release();
    lease.retire();
    await this.#memory.forget();
    await check?.remove();
  }

  /** Writes the host's record anew, when there is one. False: it could not be written. */
  async publish(): Promise<boolean> {
    const held = this.#held;
    if (held === undefined || held.isLost) return true; // Whoever takes the name writes it as it is then.
    return this.#record(held)
      .then((record) => this.#options.cluster.hosts.update(held.shared.id, record))
      .catch(() => false);
  }

  async #record(held: HostSessions): Promise<HostRecord> {
    const record = await this.#options.record();
    return hostRecord(record, { ...this.#options, held, machine: await this.#origins.machine() });
  }

  /** Until the sessions are lost or the signal aborts. Throws when another agent took this host's name over. */
  async #staysPresent(held: HostSessions, signal: AbortSignal): Promise<void> {
    const scope = new AbortController();
    try {
      await Promise.race([
        firstAborted(held.exclusive.lost, held.shared.lost, signal),
        this.#displaced(held, scope.signal),
      ]);
    } finally {
      scope.abort();
    }
  }

  /** Two agents with one session would both act; the one that was there before makes way. Never resolves while nobody comes. */
  async #displaced(held: HostSessions, signal: AbortSignal): Promise<void> {
    const { cluster, lease, logger } = this.#options;
    const own = await this.#options.record();
    const other = await whoDisplaces(cluster.hosts, { own, session: held.shared.id, signal });
    this.#held = undefined;
    held.detach();
    await makeWay({ lease, logger }, { own: await this.#origins.machine(), other });
    throw displaced(own.host);
  }

  #lose(held: HostSessions): void {
    const error: unknown = held.reason;
    this.#options.logger.warn({ error }, 'The Consul sessions are lost; making others');
    held.detach();
    this.#held = undefined;
    this.#options.onChange();
  }

  /** Tries until it has both sessions and name; Consul may be absent for as long as it likes. */
  async #hold(signal: AbortSignal): Promise<HostSessions | undefined> {
    for (;;) {
      try {
        const held = await this.#tryHold(signal);
        if (held !== undefined) return held;
      } catch (error: unknown) {
        if (signal.aborted) return undefined;
        if (codeOf(error) === 'AGENT_HOSTNAME_TAKEN') throw error;
        this.#holders.forget();
        this.#complain(error);
      }
      await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return undefined;
    }
  }

  async #tryHold(signal: AbortSignal): Promise<HostSessions | undefined> {
    const { consul, cluster, terms, check, lease, host } = this.#options;
    const stored = await this.#memory.read();
    // Before anything slower: a restarted agent has as long as its check lives.
    if (stored?.host === host) await check?.revive(signal);
    const sources = { ...this.#options, stored, origins: this.#origins };
    const resume = await sessionsToResume(sources, signal);
    // Every attempt to take a name is a write, also a losing one: look first.
    const holder = (await cluster.hosts.get(host, { signal }))?.session;
    if (holder !== undefined && holder !== resume.shared) {
      this.#holders.saw(host, holder);
      return undefined;
    }
    await check?.ensure(signal);
    const onProven = (session: string, sentAt: number): void => {
      lease.proven(session, sentAt);
    };
    const onTerms = (inForce: LeaseTerms): void => {
      lease.adopt(inForce);
    };
    const options = { consul, host, terms, onTerms, onProven, ...(check === undefined ? {} : { check }) };
    const held = await HostSessions.hold(options, resume, signal);
    try {
      return await this.#takeName(held, signal);
    } catch (error: unknown) {
      await held.letGo().catch(() => undefined);
      throw error;
    }
  }

  async #takeName(held: HostSessions, signal: AbortSignal): Promise<HostSessions | undefined> {
    const { cluster, logger, host } = this.#options;
    const record = await this.#record(held);
    const acquisition = await cluster.hosts.acquire(held.shared.id, record, { signal });
    if (!acquisition.acquired) {
      await held.letGo();
      this.#holders.saw(host, acquisition.holder?.session);
      return undefined;
    }
    const { sessions, machine } = record;
    await this.#memory.write({ host, ...sessions, lockDelayMs: held.exclusive.lockDelayMs, machine }, signal);
    this.#holders.forget();
    this.#lastComplaint = undefined;
    logger.info({ host, sessions, resumed: held.resumed }, 'This host is present in the cluster');
    tellTerms(held.terms, this.#options);
    return held;
  }

  /** Once per kind of failure, not once per try. */
  #complain(error: unknown): void {
    const code = codeOf(error);
    if (code === this.#lastComplaint) return;
    this.#lastComplaint = code;
    this.#options.logger.warn({ error }, 'Consul gives no session; trying again until it does');
  }
}
