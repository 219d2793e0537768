import type { Drain, Host, HostVerdicts, PodVerdict } from '@raftainer/cluster';
import type { PeerView, PodRefusal } from '@raftainer/planner';

/** All that the records say of the hosts. */
export interface PeerRecords {
  readonly hosts: readonly Host[];
  readonly verdicts: readonly HostVerdicts[];
  readonly drains: readonly Drain[];
}

/** The hosts as placement sees them: those with a record, and those of which only a drain is known. */
export function peerViews({ hosts, verdicts, drains }: PeerRecords): readonly PeerView[] {
  const draining = new Set(drains.map(({ host }) => host));
  const answers = new Map(verdicts.map((record) => [record.host, record.verdicts]));
  const known = new Map(hosts.map((host) => [host.host, host]));
  return [...new Set([...known.keys(), ...draining])].map((name) => {
    const host = known.get(name);
    const { facts, agentVersion } = host?.record ?? {};
    return {
      name,
      ...(facts === undefined ? {} : { facts }),
      ...(agentVersion === undefined ? {} : { agentVersion }),
      present: host?.session !== undefined,
      draining: draining.has(name),
      refusals: (answers.get(name) ?? []).flatMap(refusalOf),
    };
  });
}

function refusalOf({
  eligible,
  pod,
  revision,
  failures,
  problems,
  message,
}: PodVerdict): readonly PodRefusal[] {
  if (eligible) return [];
  const told = [...(problems ?? []), ...(message === undefined ? [] : [message])];
  return [
    {
      pod,
      failures,
      ...(revision === undefined ? {} : { revision }),
      ...(told.length === 0 ? {} : { problems: told }),
    },
  ];
}
