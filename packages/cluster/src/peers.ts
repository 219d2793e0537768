import type { HostFacts, RuleFailure } from '@raftainer/constraints';
import type { Drain } from './drains.js';
import type { Host } from './hosts.js';
import type { PodVerdict } from './pod-verdict.js';
import type { HostVerdicts } from './verdicts.js';

/** All records about hosts. */
export interface PeerRecords {
  readonly hosts: readonly Host[];
  readonly verdicts: readonly HostVerdicts[];
  readonly drains: readonly Drain[];
}

/** A host as all its records together show it: what placing slots needs to know of it. */
export interface Peer {
  readonly name: string;
  /** Absent when its record cannot be read. */
  readonly facts?: HostFacts;
  /** Its agent holds its session. */
  readonly present: boolean;
  readonly draining: boolean;
  readonly agentVersion?: string;
  /** Since when its Docker engine does not answer, ISO 8601; absent: it does. */
  readonly engineDownSince?: string;
  readonly refusals: readonly PeerRefusal[];
}

/** A pod that a host refuses. */
export interface PeerRefusal {
  readonly pod: string;
  /** The revision that is refused; absent: every one. */
  readonly revision?: string;
  readonly failures: readonly RuleFailure[];
  readonly problems?: readonly string[];
}

/** Joins the records of each host: those that have one, and those of which only a drain is known. Pure. */
export function peersOf({ hosts, verdicts, drains }: PeerRecords): readonly Peer[] {
  const draining = new Set(drains.map(({ host }) => host));
  const answers = new Map(verdicts.map((record) => [record.host, record.verdicts]));
  const known = new Map(hosts.map((host) => [host.host, host]));
  return [...new Set([...known.keys(), ...draining])].map((name) => {
    const host = known.get(name);
    const { facts, agentVersion, engine } = host?.record ?? {};
    return {
      name,
      ...(facts === undefined ? {} : { facts }),
      ...(agentVersion === undefined ? {} : { agentVersion }),
      ...(engine === undefined ? {} : { engineDownSince: engine.since }),
      present: host?.session !== undefined,
      draining: draining.has(name),
      refusals: (answers.get(name) ?? []).flatMap(refusalOf),
    };
  });
}

function refusalOf(verdict: PodVerdict): readonly PeerRefusal[] {
  const { eligible, pod, revision, failures, problems, message } = verdict;
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
