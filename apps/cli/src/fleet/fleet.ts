import type { Claim, Cluster, Host, HostVerdicts, PodRecord, StatusRecord } from '@raftainer/cluster';
import type { SlotId } from '@raftainer/pod-spec';
import { slotIdOf } from '@raftainer/pod-spec';

/** All records that a question about pods needs. */
export interface Fleet {
  readonly pods: readonly PodRecord[];
  readonly claims: ReadonlyMap<SlotId, Claim>;
  readonly statuses: ReadonlyMap<SlotId, StatusRecord>;
  readonly verdicts: readonly HostVerdicts[];
  readonly hosts: readonly Host[];
}

/** Reads the records side by side. */
export async function readFleet(cluster: Cluster, signal: AbortSignal): Promise<Fleet> {
  const [{ pods }, claims, statuses, verdicts, hosts] = await Promise.all([
    cluster.pods.list({ signal }),
    cluster.claims.list({ signal }),
    cluster.statuses.list({ signal }),
    cluster.verdicts.list({ signal }),
    cluster.hosts.list({ signal }),
  ]);
  return {
    pods,
    claims: new Map(claims.map((claim) => [slotIdOf(claim), claim])),
    statuses: new Map(statuses.map((status) => [slotIdOf(status), status])),
    verdicts,
    hosts,
  };
}
