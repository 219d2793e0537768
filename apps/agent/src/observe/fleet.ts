import { peersOf } from '@raftainer/cluster';
import { slotIdOf } from '@raftainer/pod-spec';

import { steadyNow } from '../clock.js';
import { CachedRecords } from './cached-records.js';
import { FreeSlots } from './free-slots.js';
import { Homecoming } from './homecoming.js';
import { Relatives } from './relatives.js';

import type { Cluster, Host, Move, MoveInfo, SlotStatus } from '@raftainer/cluster';
import type { ContainerView, FleetView, ReplacementView, Snapshot } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';

/** Longer than hosts need to see that Consul is back, and shorter than people notice. */
const SETTLE_MS = 3_000;

/** What watching the rest of the cluster needs. */
export interface FleetOptions {
  readonly cluster: Cluster;
  /** Name of this host. */
  readonly host: string;
  /** How long each host waits for the one before it in the ranking, in milliseconds. Default 1 s. */
  readonly claimStepMs?: number;
  /** How long a lock stays closed after its session was lost, in milliseconds. */
  readonly lockDelayMs: number;
  /** How long slots wait for hosts that went together, in milliseconds. Default 60 s. */
  readonly returnMs?: number;
}

/** What one observation knows already. */
export interface FleetQuestion extends Pick<Snapshot, 'now' | 'sessions' | 'pods' | 'claims'> {
  readonly containers: readonly ContainerView[];
  readonly signal: AbortSignal;
}

/** Sees the other hosts. Their records are read when they changed, not in every cycle. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #free = new FreeSlots();
  readonly #homecoming: Homecoming;
  readonly #relatives: Relatives;
  readonly #records;
  #unsettled = true;
  #session: string | undefined;
  /** Turns are counted from here at the earliest. */
  #opensAt = -Infinity;
  #longestLockDelayMs: number;

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#longestLockDelayMs = options.lockDelayMs;
    const { cluster, host, returnMs: patienceMs = 60_000 } = options;
    this.#homecoming = new Homecoming({ host, patienceMs });
    this.#relatives = new Relatives(cluster.statuses);
    const clock = steadyNow;
    this.#records = {
      hosts: new CachedRecords({ clock, read: (signal) => cluster.hosts.list({ signal }) }),
      verdicts: new CachedRecords({ clock, read: (signal) => cluster.verdicts.list({ signal }) }),
      drains: new CachedRecords({ clock, read: (signal) => cluster.drains.list({ signal }) }),
      moves: new CachedRecords({ clock, read: (signal) => cluster.moves.list({ signal }) }),
    };
  }

  /** Records of this kind are to be read again. */
  changed(records: 'hosts' | 'verdicts' | 'drains' | 'moves'): void {
    this.#records[records].changed();
  }

  /** Whether what other hosts are or say can change what this one does: something is to be placed, or to be moved. */
  isUnsettled(): boolean {
    return this.#unsettled;
  }

  /**
   * The longest lock delay that a host of the cluster has had since this agent runs, its own included, in milliseconds.
   * It never falls: a restored snapshot may have taken the record with it that told of it.
   */
  get longestLockDelayMs(): number {
    return this.#longestLockDelayMs;
  }

  /** The rest of the cluster, or a throw: a failed read is no empty cluster. */
  async view(question: FleetQuestion): Promise<FleetView> {
    const { host, claimStepMs = 1_000, lockDelayMs } = this.#options;
    const { now, pods, signal } = question;
    const [hosts, verdicts, drains, moves, replacements, relatives] = await Promise.all([
      this.#records.hosts.get(signal),
      this.#records.verdicts.get(signal),
      this.#records.drains.get(signal),
      this.#records.moves.get(signal),
      this.#replacements(question),
      this.#relatives.view(question),
    ]);
    const delays = hosts.map(({ record }) => record?.terms?.lockDelayMs ?? 0);
    this.#longestLockDelayMs = Math.max(this.#longestLockDelayMs, ...delays);
    this.#awaitOthers(question, hosts);
    const awaited = this.#homecoming.observe({ ...question, hosts, drains });
    const waits = { now, opensAt: this.#opensAt, host, awaited, lockDelayMs };
    const freeSince = this.#free.observe(question, waits);
    const isSystem = [...pods.values()].some((view) => view.state === 'valid' && view.pod.kind === 'system');
    this.#unsettled = freeSince.size > 0 || isSystem || drains.some((drain) => drain.host === host);
    return {
      peers: peersOf({ hosts, verdicts, drains }),
      freeSince,
      claimStepMs,
      lockDelayMs,
      replacements,
      relatives,
      moves: moveRequests(moves),
      ...(awaited === undefined ? {} : { awaited: awaited.hosts }),
    };
  }

  /**
   * Who comes back first, after Consul or the whole fleet was down, must not take everything because it sees nobody
   * else: with a new session it gives the hosts it knows of a moment to come back, too.
   */
  #awaitOthers({ now, sessions }: FleetQuestion, hosts: readonly Host[]): void {
    if (sessions.exclusive === this.#session) return;
    this.#session = sessions.exclusive;
    const absent = hosts.some(({ host, session }) => host !== this.#options.host && session === undefined);
    if (absent) this.#opensAt = now + SETTLE_MS;
  }

  /** Only for slots that run here and are held elsewhere, where two copies are allowed: next to never any. */
  async #replacements(question: FleetQuestion): Promise<ReadonlyMap<SlotId, ReplacementView>> {
    const { cluster } = this.#options;
    const moved = new Set(this.#movedPods(question));
    const lists = await Promise.all(
      [...moved].map((pod) => cluster.statuses.listFor(pod, { signal: question.signal })),
    );
    return new Map(
      lists
        .flat()
        .flatMap(({ pod, index, status }) =>
          status === undefined || status.host === this.#options.host
            ? []
            : [[slotIdOf({ pod, index }), replacementOf(status)] as const],
        ),
    );
  }

  *#movedPods({ pods, claims, containers }: FleetQuestion): Generator<string> {
    for (const { slot } of containers) {
      const view = pods.get(slot.pod);
      const claim = claims.get(slotIdOf(slot));
      const isMoved = claim?.session !== undefined && claim.host !== this.#options.host;
      if (isMoved && view?.state === 'valid' && !view.pod.exclusive) yield slot.pod;
    }
  }
}

/** A malformed move moves nothing. */
function moveRequests(moves: readonly Move[]): ReadonlyMap<SlotId, MoveInfo> {
  return new Map(moves.flatMap((move) => (move.info === undefined ? [] : [[slotIdOf(move), move.info]])));
}

function replacementOf({ epoch, phase }: SlotStatus): ReplacementView {
  return { epoch, serving: phase === 'healthy' || phase === 'running' };
}
