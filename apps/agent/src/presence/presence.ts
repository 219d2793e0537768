import { setTimeout as sleep } from 'node:timers/promises';

import { AgentError, codeOf } from '../agent-error.js';

import type { StateDir } from './state-dir.js';
import type { Cluster, HostRecord } from '@raftainer/cluster';
import type { ConsulClient, HeldSession } from '@raftainer/consul';
import type { Logger } from '@raftainer/logger';

/** What presence needs. */
export interface PresenceOptions {
  readonly consul: ConsulClient;
  readonly cluster: Cluster;
  readonly stateDir: StateDir;
  readonly logger: Logger;
  readonly record: () => Promise<HostRecord>;
  /** Take over the session that holds this host's name, whoever made it. */
  readonly fastStartup: boolean;
  /** The session came or went. */
  readonly onChange: () => void;
}

/** Consul's minimum. A session that is not renewed is reaped at twice its TTL (measured). */
const SESSION_TTL_MS = 10_000;
const LOCK_DELAY_MS = 15_000;
/** How long an unrenewed session of an earlier run may still be seen. */
const LAPSE_MS = 2 * SESSION_TTL_MS + 2_000;
const RETRY_MS = 1_000;
const NAME_HELD =
  'The name of this host is held by another session: an earlier run that has not lapsed yet, or another agent with ' +
  'the same HOSTNAME. Waiting for it to lapse; RAFTAINER_FAST_STARTUP=true takes over at once';

/**
 * Keeps this host present in the cluster: one session, renewed in the background, which holds the host's name and all
 * its claims. A restarted agent resumes the session of its last run and so keeps everything.
 */
export class Presence {
  readonly #options: PresenceOptions;
  #held: HeldSession | undefined;
  #lastComplaint: string | undefined;
  /** Other sessions seen holding this host's name, and since when. */
  readonly #holders = new Map<string, number>();

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  /** The session to claim under. Throws while there is none. */
  session(): string {
    if (this.#held === undefined || this.#held.lost.aborted) {
      throw new AgentError(
        'AGENT_NO_SESSION',
        'There is no Consul session at the moment; nothing is claimed or changed without one.',
        { retryable: true },
      );
    }
    return this.#held.id;
  }

  /**
   * Becomes and stays present until the signal aborts.
   *
   * @throws AgentError `AGENT_HOSTNAME_TAKEN` when another agent keeps this host's name.
   */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const held = await this.#hold(signal);
      if (held === undefined) return;
      this.#held = held;
      this.#options.onChange();
      await this.#staysPresent(held, signal);
      if (held.lost.aborted) this.#lose(held);
    }
  }

  /** Leaves the session alive, for the next run to resume. */
  detach(): void {
    this.#held?.detach();
  }

  /** Ends the session: the host's name and whatever it still claims are free. */
  async release(): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined) return;
    const record = await this.#options.record();
    await this.#options.cluster.hosts.release(held.id, record);
    await held.release();
    await this.#options.stateDir.remove('session.json');
  }

  /** Until the session is lost or the signal aborts. Throws when another agent took this host's name over. */
  async #staysPresent(held: HeldSession, signal: AbortSignal): Promise<void> {
    const scope = new AbortController();
    try {
      await Promise.race([firstAborted(held.lost, signal), this.#displaced(held, scope.signal)]);
    } finally {
      scope.abort();
    }
  }

  /**
   * An agent that starts with `RAFTAINER_FAST_STARTUP` resumes this very session and writes its own record. Two agents
   * with one session would both act; the one that was there before makes way. Never resolves while nobody comes.
   */
  async #displaced(held: HeldSession, signal: AbortSignal): Promise<void> {
    const { hosts } = this.#options.cluster;
    const own = await this.#options.record();
    for await (const _ of hosts.watch({ signal })) {
      const found = await hosts.get(own.host, { signal }).catch(() => undefined);
      const { instance = own.instance } = found?.record ?? {};
      if (found?.session !== held.id || instance === own.instance || signal.aborted) continue;
      const message = `Another agent took over the name ${own.host} of this host, as RAFTAINER_FAST_STARTUP tells it to. Every host needs a name of its own: set HOSTNAME.`;
      throw new AgentError('AGENT_HOSTNAME_TAKEN', message);
    }
    await new Promise<never>(() => undefined);
  }

  #lose(held: HeldSession): void {
    const error: unknown = held.lost.reason;
    this.#options.logger.warn({ session: held.id, error }, 'The Consul session is lost; making another');
    this.#held = undefined;
    this.#options.onChange();
  }

  /** Tries until it has both session and name; Consul may be absent for as long as it likes. */
  async #hold(signal: AbortSignal): Promise<HeldSession | undefined> {
    for (;;) {
      try {
        const held = await this.#tryHold(signal);
        if (held !== undefined) return held;
      } catch (error: unknown) {
        if (signal.aborted) return undefined;
        if (codeOf(error) === 'AGENT_HOSTNAME_TAKEN') throw error;
        this.#complain(error);
      }
      await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return undefined;
    }
  }

  async #tryHold(signal: AbortSignal): Promise<HeldSession | undefined> {
    const { consul, cluster, stateDir } = this.#options;
    const record = await this.#options.record();
    const resumeId = await this.#sessionToResume(record, signal);
    // Every attempt to take a name is a write, also a losing one: look first.
    const holder = (await cluster.hosts.get(record.host, { signal }))?.session;
    if (holder !== undefined && holder !== resumeId) {
      this.#checkHolder(record.host, holder);
      return undefined;
    }
    const held = await consul.sessions.hold({
      name: `raftainer ${record.host}`,
      ttlMs: SESSION_TTL_MS,
      lockDelayMs: LOCK_DELAY_MS,
      ...(resumeId === undefined ? {} : { resumeId }),
      signal,
    });
    try {
      const acquisition = await cluster.hosts.acquire(held.id, record, { signal });
      if (acquisition.acquired) {
        await stateDir.write('session.json', { session: held.id, host: record.host });
        this.#options.logger.info(
          { host: record.host, session: held.id, resumed: held.resumed },
          'This host is present in the cluster',
        );
        return held;
      }
      await letGo(held);
      this.#checkHolder(record.host, acquisition.holder?.session);
      return undefined;
    } catch (error: unknown) {
      await letGo(held).catch(() => undefined);
      throw error;
    }
  }

  async #sessionToResume(record: HostRecord, signal: AbortSignal): Promise<string | undefined> {
    if (this.#options.fastStartup) {
      const holder = await this.#options.cluster.hosts.get(record.host, { signal });
      if (holder?.session !== undefined) return holder.session;
    }
    const stored = await this.#options.stateDir.read('session.json');
    if (typeof stored !== 'object' || stored === null || !('session' in stored) || !('host' in stored))
      return undefined;
    return stored.host === record.host && typeof stored.session === 'string' ? stored.session : undefined;
  }

  /** A session of an earlier run lapses by itself; one that does not is another agent. */
  #checkHolder(host: string, session: string | undefined): void {
    if (session === undefined) return;
    const firstSeenAt = this.#holders.get(session);
    if (firstSeenAt === undefined) {
      this.#holders.set(session, performance.now());
      this.#options.logger.warn({ host, session, waitMs: LAPSE_MS }, NAME_HELD);
    } else if (performance.now() - firstSeenAt > LAPSE_MS) {
      const message = `Another agent runs as ${host} and keeps its session alive. Every host needs a name of its own: set HOSTNAME, or stop the other agent.`;
      throw new AgentError('AGENT_HOSTNAME_TAKEN', message);
    }
  }

  /** Once per kind of failure, not once per try. */
  #complain(error: unknown): void {
    const code = codeOf(error);
    if (code === this.#lastComplaint) return;
    this.#lastComplaint = code;
    this.#options.logger.warn({ error }, 'Consul gives no session; trying again until it does');
  }
}

/** Gives up a session made for a try that failed. One that was resumed still holds the claims of the last run: the next try resumes it. */
async function letGo(held: HeldSession): Promise<void> {
  if (held.resumed) held.detach();
  else await held.release();
}

/** Not by `AbortSignal.any`: in Node 20 what it returns may be collected while it is waited for. */
async function firstAborted(...signals: readonly AbortSignal[]): Promise<void> {
  if (signals.some((signal) => signal.aborted)) return;
  const done = new AbortController();
  await new Promise<void>((resolve) => {
    for (const signal of signals) {
      signal.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true, signal: done.signal },
      );
    }
  });
  done.abort();
}
