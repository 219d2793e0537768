import type {
  Claim,
  Cluster,
  Drain,
  Host,
  HostVerdicts,
  Move,
  PodRecord,
  StatusRecord,
} from '@raftainer/cluster';
import type { SlotId } from '@raftainer/pod-spec';
import { slotIdOf } from '@raftainer/pod-spec';

/** All records that a question about pods needs. */
export interface Fleet {
  readonly pods: readonly PodRecord[];
  /** Consul's index of the read of the definitions. */
  readonly index: number;
  readonly claims: ReadonlyMap<SlotId, Claim>;
  readonly statuses: ReadonlyMap<SlotId, StatusRecord>;
  readonly verdicts: readonly HostVerdicts[];
  readonly hosts: readonly Host[];
  readonly drains: readonly Drain[];
  readonly moves: ReadonlyMap<SlotId, Move>;
}

/** Reads the records side by side. */
export async function readFleet(cluster: Cluster, signal: AbortSignal): Promise<Fleet> {
  const [{ pods, index }, claims, statuses, verdicts, hosts, drains, moves] = await Promise.all([
    cluster.pods.list({ signal }),
    cluster.claims.list({ signal }),
    cluster.statuses.list({ signal }),
    cluster.verdicts.list({ signal }),
    cluster.hosts.list({ signal }),
    cluster.drains.list({ signal }),
    cluster.moves.list({ signal }),
  ]);
  return {
    pods,
    index,
    claims: new Map(claims.map((claim) => [slotIdOf(claim), claim])),
    statuses: new Map(statuses.map((status) => [slotIdOf(status), status])),
    verdicts,
    hosts,
    drains,
    moves: new Map(moves.map((move) => [slotIdOf(move), move])),
  };
}
