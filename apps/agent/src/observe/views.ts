import { LABELS, readProbeCheck, SERVICE_META } from '@raftainer/planner';
import { slotIdOf } from '@raftainer/pod-spec';
import { formatProblems } from '@raftainer/pod-spec';

import type { Claim, PodRecord } from '@raftainer/cluster';
import type { AgentService } from '@raftainer/consul';
import type { ContainerSummary, NetworkSummary } from '@raftainer/docker';
import type {
  ClaimView,
  ContainerHealth,
  ContainerView,
  NetworkView,
  PodView,
  ServiceView,
} from '@raftainer/planner';
import type { SlotId, SlotRef } from '@raftainer/pod-spec';

/** A definition as the planner sees it. */
export function podView(record: PodRecord, revisionOf: (record: PodRecord) => string): PodView {
  const { result } = record;
  if (result.ok) {
    const { createIndex: definedAt } = record;
    return { state: 'valid', pod: result.pod, revision: revisionOf(record), definedAt };
  }
  return { state: 'invalid', problems: result.problems.map((problem) => formatProblems([problem])) };
}

/** Claims by slot. */
export function claimViews(claims: readonly Claim[]): ReadonlyMap<SlotId, ClaimView> {
  return new Map(claims.map((claim) => [slotIdOf(claim), claimView(claim)]));
}

/** A claim as the planner sees it. */
export function claimView({ session, epoch, info }: Claim): ClaimView {
  return { session, epoch, host: info?.host, revision: info?.revision, since: info?.since };
}

/** A container of ours; undefined when its labels do not name a slot, and then it is left alone. */
export function containerView(
  summary: ContainerSummary,
  probed: ContainerHealth | undefined,
): ContainerView | undefined {
  const { labels } = summary;
  const slot = slotOf(labels);
  const container = labels[LABELS.container];
  if (slot === undefined || container === undefined) return undefined;
  return {
    id: summary.id,
    name: summary.name,
    slot,
    container,
    role: roleOf(labels[LABELS.role]),
    state: summary.state,
    health: probed ?? summary.health,
    exitCode: summary.exitCode,
    configHash: labels[LABELS.config] ?? '',
    revision: labels[LABELS.revision] ?? '',
    image: summary.image,
    imageId: summary.imageId,
    stopGracePeriodMs: millisecondsOf(labels[LABELS.stopGracePeriod]),
    hostPorts: hostPortsOf(labels[LABELS.ports]),
    fenced: labels[LABELS.fenced] === 'true',
    gpus: gpusOf(labels[LABELS.gpus]),
    check: readProbeCheck(labels[LABELS.check]),
    createdAt: summary.createdAt,
  };
}

/** Any network; ours name their slot. */
export function networkView(network: NetworkSummary, host: string): NetworkView {
  const slot = network.labels[LABELS.host] === host ? slotOf(network.labels) : undefined;
  return { id: network.id, name: network.name, subnets: network.subnets, slot };
}

/** A service that this host registered; undefined for the services of others. */
export function serviceView(service: AgentService, host: string): ServiceView | undefined {
  const { meta } = service;
  if (meta[SERVICE_META.host] !== host) return undefined;
  const slot = refOf(meta[SERVICE_META.pod], meta[SERVICE_META.index]);
  if (slot === undefined) return undefined;
  const { id, name, address, port, tags } = service;
  return { id, name, slot, address, port: port === 0 ? undefined : port, tags, meta };
}

function roleOf(label: string | undefined): ContainerView['role'] {
  return label === 'startup' || label === 'sidecar' ? label : 'main';
}

function slotOf(labels: Readonly<Record<string, string>>): SlotRef | undefined {
  return refOf(labels[LABELS.pod], labels[LABELS.index]);
}

function refOf(pod: string | undefined, index: string | undefined): SlotRef | undefined {
  if (pod === undefined || index === undefined || !/^\d+$/.test(index)) return undefined;
  return { pod, index: Number(index) };
}

function millisecondsOf(label: string | undefined): number | undefined {
  return label !== undefined && /^\d{1,12}$/.test(label) ? Number(label) : undefined;
}

function gpusOf(label: string | undefined): readonly string[] {
  try {
    const value: unknown = JSON.parse(label ?? '[]');
    return Array.isArray(value) ? value.filter((id) => typeof id === 'string') : [];
  } catch {
    return [];
  }
}

function hostPortsOf(label: string | undefined): Readonly<Record<string, number>> {
  try {
    const value: unknown = JSON.parse(label ?? '{}');
    if (typeof value !== 'object' || value === null) return {};
    return Object.fromEntries(Object.entries(value).filter(([, port]) => typeof port === 'number'));
  } catch {
    return {};
  }
}
