import type { Claim, Drain, Host, HostVerdicts, Move, PodRecord, StatusRecord } from '@raftainer/cluster';
import type { SlotId } from '@raftainer/pod-spec';
import { parsePod, revisionOf, slotIdOf } from '@raftainer/pod-spec';
import type { Fleet } from '../src/fleet/fleet.js';

const GIB = 2 ** 30;

/** A definition as it is stored. */
export function podRecord(definition: object, createIndex = 1): PodRecord {
  const result = parsePod({ containers: [{ name: 'app', image: 'web:1' }], ...definition });
  const name = 'name' in definition ? String(definition.name) : 'web';
  return { name, createIndex, modifyIndex: createIndex, result };
}

/** A present host with 4 cores and 8 GiB, with changes. */
export function hostOf(host: string, changes: Partial<Host> = {}): Host {
  const facts = {
    hostname: host,
    cpu: { cores: 4, architecture: 'amd64' },
    memory: { totalBytes: 8 * GIB },
    disk: { totalBytes: 100 * GIB },
    os: { platform: 'linux' },
    kernel: { version: '6.1.0' },
    labels: { zone: host.slice(-1) },
    gpus: [],
  };
  const record = {
    host,
    region: 'eu',
    internalIp: '10.0.0.1',
    agentVersion: '1.2.3',
    facts,
    labels: { zone: host.slice(-1) },
    instance: host,
    sessions: { exclusive: `x-${host}`, shared: `s-${host}` },
    since: '2026-01-01T00:00:00Z',
  };
  return { host, session: `s-${host}`, modifyIndex: 1, record, ...changes };
}

/** A claim held by a host. */
export function claimOf(pod: string, index: number, host: string): Claim {
  const info = { host, revision: 'r', since: '2026-01-01T00:00:00Z' };
  return { pod, index, session: `x-${host}`, epoch: 3, modifyIndex: 2, info };
}

/** The records of a fleet, by kind. */
export interface FleetParts {
  readonly pods?: readonly PodRecord[];
  readonly hosts?: readonly Host[];
  readonly claims?: readonly Claim[];
  readonly statuses?: readonly StatusRecord[];
  readonly verdicts?: readonly HostVerdicts[];
  readonly drains?: readonly Drain[];
  readonly moves?: readonly Move[];
}

/** A fleet of these records and no others. */
export function fleetOf(parts: FleetParts): Fleet {
  const bySlot = <T extends { readonly pod: string; readonly index: number }>(
    records: readonly T[] = [],
  ): ReadonlyMap<SlotId, T> => new Map(records.map((record) => [slotIdOf(record), record]));
  return {
    pods: parts.pods ?? [],
    index: 42,
    claims: bySlot(parts.claims),
    statuses: bySlot(parts.statuses),
    verdicts: parts.verdicts ?? [],
    hosts: parts.hosts ?? [],
    drains: parts.drains ?? [],
    moves: bySlot(parts.moves),
  };
}

/** The revision of a stored definition. */
export function revisionIn({ result }: PodRecord): string {
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return revisionOf(result.pod);
}
