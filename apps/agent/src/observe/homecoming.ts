import { isOurs, isRunning } from '@raftainer/planner';

import type { Drain, Host } from '@raftainer/cluster';
import type { ClaimView, Snapshot } from '@raftainer/planner';

/** Hosts that are expected back, and until when their slots are kept for them. */
export interface AwaitedHosts {
  readonly hosts: ReadonlySet<string>;
  /** By the snapshot's clock. */
  readonly until: number;
}

/** What one observation knows of it. */
export interface HomecomingQuestion extends Pick<Snapshot, 'now' | 'sessions' | 'claims' | 'containers'> {
  readonly hosts: readonly Host[];
  readonly drains: readonly Drain[];
}

/**
 * Tells the end of one host from the beginning of all. A host that comes back itself, or sees most of the others gone at
 * once, is in the middle of something that happened to many (a power cut, an outage of Consul): the others are coming back,
 * too, and whoever is first must not take what is theirs. The patience counts from the last host that came back, so that all
 * hosts come to its end together. The loss of a single host opens nothing, and is made good as fast as ever.
 */
export class Homecoming {
  readonly #host: string;
  readonly #patienceMs: number;
  #session: string | undefined;
  #wereMost = false;
  #until = -Infinity;
  /** Hosts that have not come back, with the agent of before where its session seems to live on. */
  #pending = new Map<string, string | undefined>();

  constructor({ host, patienceMs }: { readonly host: string; readonly patienceMs: number }) {
    this.#host = host;
    this.#patienceMs = patienceMs;
  }

  /** The hosts whose lost slots are to wait for them; undefined when nobody has to wait. */
  observe(question: HomecomingQuestion): AwaitedHosts | undefined {
    const { now, sessions } = question;
    const others = this.#othersWithSlots(question);
    const gone = others.filter(({ lost, agent }) => lost && agent === undefined);
    const most = gone.length > question.hosts.filter(({ session }) => session !== undefined).length;
    const isBack = sessions.exclusive !== this.#session && this.#wasAway(question);
    if (isBack) this.#open(now, others);
    else if (most && !this.#wereMost) this.#open(now, gone);
    this.#session = sessions.exclusive;
    this.#wereMost = most;
    this.#noteReturns(now, question.hosts);
    if (now >= this.#until || gone.length === 0) return undefined;
    return { hosts: new Set(gone.map(({ host }) => host)), until: this.#until };
  }

  #open(now: number, expected: readonly OtherHost[]): void {
    this.#pending = new Map(expected.map(({ host, agent }) => [host, agent]));
    this.#until = now + this.#patienceMs;
  }

  /** Right after a power cut the sessions of before seem to live on: a host is back once another agent of it is there. */
  #noteReturns(now: number, hosts: readonly Host[]): void {
    if (now >= this.#until) return;
    for (const host of hosts) {
      const agent = agentOf(host);
      if (agent === undefined || !this.#pending.has(host.host) || this.#pending.get(host.host) === agent)
        continue;
      this.#pending.delete(host.host);
      this.#until = now + this.#patienceMs;
    }
    if (this.#pending.size === 0) this.#until = -Infinity;
  }

  /** This host had slots, and either not under a session of its own, or resumed with none of their containers running. */
  #wasAway({ claims, sessions, containers }: HomecomingQuestion): boolean {
    const own = [...claims.values()].filter(({ host }) => host === this.#host);
    if (own.some(({ session }) => !isOurs(sessions, session))) return true;
    return own.length > 0 && !containers.some(isRunning);
  }

  /** Known hosts whose names are in claims. One that drains takes nothing back, so nobody waits for it. */
  #othersWithSlots({ hosts, drains, claims }: HomecomingQuestion): readonly OtherHost[] {
    const draining = new Set(drains.map(({ host }) => host));
    const holders = holdersOf(claims.values());
    return hosts.flatMap((record) => {
      const { host } = record;
      const lost = holders.get(host);
      const isOther = host !== this.#host && !draining.has(host);
      return lost === undefined || !isOther ? [] : [{ host, agent: agentOf(record), lost }];
    });
  }
}

interface OtherHost {
  readonly host: string;
  readonly agent: string | undefined;
  /** Some of its slots have no holder. */
  readonly lost: boolean;
}

/** Tells one process of an agent from the next, which may have resumed its session; undefined while the host is absent. */
function agentOf({ session, record }: Host): string | undefined {
  return session === undefined ? undefined : `${session} ${record?.instance ?? ''}`;
}

/** The hosts that claims name, and whether one of their claims was lost. */
function holdersOf(claims: Iterable<ClaimView>): ReadonlyMap<string, boolean> {
  const holders = new Map<string, boolean>();
  for (const { host, session } of claims) {
    if (host !== undefined) holders.set(host, holders.get(host) === true || session === undefined);
  }
  return holders;
}
