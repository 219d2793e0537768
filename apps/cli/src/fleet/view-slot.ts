import type { Claim, SlotStatus, StatusRecord } from '@raftainer/cluster';
import type { SlotId } from '@raftainer/pod-spec';
import { slotIdOf } from '@raftainer/pod-spec';
import type { Reason } from '@raftainer/planner';
import { REASONS } from '@raftainer/planner';
import type { Fleet } from './fleet.js';
import { holdersOf } from './holders-of.js';
import type { SlotView } from './pod-view.js';
import { whyUnclaimed } from './why-unclaimed.js';

/** What the definition says about a slot. */
export interface WantedPod {
  readonly name: string;
  /** Absent when the definition cannot be used. */
  readonly revision?: string;
  /** Consul's index of the definition's last change. */
  readonly modifyIndex?: number;
  readonly desired: boolean;
}

/** One slot, from its claim and from the status that its present holder wrote. Pure. */
export function viewSlot(fleet: Fleet, pod: WantedPod, index: number): SlotView {
  const slot = slotIdOf({ pod: pod.name, index });
  const claim = fleet.claims.get(slot);
  const record = fleet.statuses.get(slot);
  const base = { ...EMPTY, slot, index, desired: pod.desired };
  if (claim?.session === undefined) {
    const { why, refused } = whyUnclaimed(fleet, slot);
    return { ...base, refused, why: [...why, ...lastWords(record?.status)] };
  }
  const described = describe(pod, claim, record);
  return { ...base, held: true, epoch: claim.epoch, ...described, ...unseen(fleet, slot, described.why) };
}

/** What a holder says that cannot see its containers is what it saw last: the slot may be anything by now. */
function unseen(fleet: Fleet, slot: SlotId, why: SlotView['why'] = []): Partial<SlotView> {
  if (fleet.hosts.every(({ record }) => record?.engine === undefined)) return {};
  const holder = holdersOf(fleet).get(slot);
  const engine = fleet.hosts.find(({ host }) => host === holder)?.record?.engine;
  if (engine === undefined) return {};
  const told = `the Docker engine of ${holder ?? ''} has not answered since ${engine.since}; this is what was seen before`;
  return { ready: false, why: [told, ...why] };
}

const EMPTY = {
  held: false,
  phase: 'pending',
  upToDate: false,
  answersDefinition: false,
  ready: false,
  restarts: 0,
  why: [],
  refused: false,
  containers: [],
  secrets: [],
} as const;

function describe(pod: WantedPod, claim: Claim, record: StatusRecord | undefined): Partial<SlotView> {
  // What an earlier holder wrote says nothing about this one.
  if (record?.status?.epoch !== claim.epoch) {
    return { ...claim.info, why: [whyWithoutStatus(claim, record)] };
  }
  const { host, phase, revision, restarts, since, reason, containers } = record.status;
  const upToDate = pod.revision === revision;
  const ready = isWell(record.status) && (pod.revision === undefined || upToDate);
  const answersDefinition = upToDate || record.modifyIndex > (pod.modifyIndex ?? 0);
  const known = {
    host,
    phase,
    revision,
    restarts,
    since,
    containers,
    secrets: record.status.secrets ?? [],
    ...(reason !== undefined && { reason }),
  };
  return {
    ...known,
    upToDate,
    ready,
    answersDefinition,
    why: ready ? saidOf(record.status) : whyNotReady(record.status, upToDate),
  };
}

/** What went wrong with the last holder, when that is why there is none now. */
function lastWords(status: SlotStatus | undefined): readonly string[] {
  const hasFailed = status?.phase === 'failed' || status?.phase === 'backoff';
  return hasFailed
    ? [`failed on ${status.host} before: ${status.message ?? status.reason ?? 'no reason'}`]
    : [];
}

function whyWithoutStatus(claim: Claim, record: StatusRecord | undefined): string {
  const problem = record?.problem ?? claim.problem;
  return problem === undefined
    ? 'claimed, nothing reported yet'
    : `its record in Consul is unreadable: ${problem}`;
}

/** What the holder of a slot that is well has to say, such as that its host drains. */
function saidOf({ message }: SlotStatus): readonly string[] {
  return message === undefined ? [] : [message];
}

function whyNotReady(status: SlotStatus, upToDate: boolean): readonly string[] {
  const said = status.message ?? sentenceOf(status.reason);
  if (said !== undefined) {
    return [said];
  }
  return isWell(status) && !upToDate ? ['runs an older revision'] : [];
}

/** The planner's words have sentences; codes of errors stand for themselves. */
function sentenceOf(reason: string | undefined): string | undefined {
  return reason !== undefined && Object.hasOwn(REASONS, reason) ? REASONS[reason as Reason] : reason;
}

/** `running` is as good as it gets where no container has a health check. */
function isWell({ phase, containers }: SlotStatus): boolean {
  const isUnchecked = containers.every(({ health }) => health === 'none');
  return phase === 'healthy' || phase === 'completed' || (phase === 'running' && isUnchecked);
}
