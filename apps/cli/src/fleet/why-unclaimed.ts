import type { PodVerdict } from '@raftainer/cluster';
import type { SlotId } from '@raftainer/pod-spec';
import { slotRefOf } from '@raftainer/pod-spec';
import type { Fleet } from './fleet.js';
import { nobodyPresent } from './nobody-present.js';
import { placementsOf } from './world-of.js';

/** Why nobody holds a slot. */
export interface Unclaimed {
  /** A sentence for each host that refuses, or the one reason. */
  readonly why: readonly string[];
  /** Whether every present host refuses: waiting alone will not help. */
  readonly refused: boolean;
}

/** Why no host has claimed a slot: what the records rule out, and the hosts' own answers. Pure. */
export function whyUnclaimed(fleet: Fleet, slot: SlotId): Unclaimed {
  const present = fleet.hosts.filter(({ session }) => session !== undefined).map(({ host }) => host);
  if (present.length === 0) {
    return { why: [nobodyPresent(fleet)], refused: false };
  }
  const refusals = present.map((host) => refusalOf(fleet, host, slot)).filter((text) => text !== undefined);
  if (refusals.length === 0) {
    return { why: ['not claimed yet'], refused: false };
  }
  return { why: refusals, refused: refusals.length === present.length };
}

function refusalOf(fleet: Fleet, host: string, slot: SlotId): string | undefined {
  const placement = placementsOf(fleet).get(slot);
  if (placement !== undefined) {
    const excluded = placement.excluded.find((one) => one.host === host);
    const messages = new Set(excluded?.failures.map(({ message }) => message));
    return excluded && `${host}: ${[...messages].join('; ')}`;
  }
  const { pod } = slotRefOf(slot);
  const answers = fleet.verdicts.find((record) => record.host === host)?.verdicts ?? [];
  const verdict = answers.find((answer) => answer.pod === pod);
  return verdict === undefined || verdict.eligible ? undefined : `${host}: ${reasonsOf(verdict)}`;
}

function reasonsOf({ failures, problems = [], message }: PodVerdict): string {
  const reasons = [...failures.map((failure) => failure.message), ...problems];
  return reasons.length === 0 ? (message ?? 'refuses without a reason') : reasons.join('; ');
}
