import type { PodVerdict } from '@raftainer/cluster';
import type { RuleFailure } from '@raftainer/constraints';
import type { SlotPlacement } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';
import type { Fleet } from './fleet.js';

/** What speaks for and against a slot on one host. */
export interface HostAnswer {
  readonly host: string;
  readonly eligible: boolean;
  /** 1 for the host that comes first; absent for one that cannot take it. */
  readonly rank?: number;
  /** From affinity, spread and packing; more is better. */
  readonly points?: number;
  /** Decides among hosts with as many points; higher is better. */
  readonly score?: number;
  /** Every rule that fails by the records, with what it requires and what there is. */
  readonly failures: readonly RuleFailure[];
  /** What the host itself has published against this pod, from its live numbers. */
  readonly verdict?: PodVerdict;
}

/** Every host's answer about one slot: those that can take it in their order, then the others. Pure. */
export function explainSlot(fleet: Fleet, placement: SlotPlacement): readonly HostAnswer[] {
  const ranked = placement.ranked.map(({ host, points, score }, index) => ({
    host,
    eligible: true,
    rank: index + 1,
    points,
    score,
    failures: [],
    ...verdictOf(fleet, host, placement.slot),
  }));
  const excluded = placement.excluded.map(({ host, failures }) => {
    const own = verdictOf(fleet, host, placement.slot);
    const told = new Set(own.verdict?.failures.map(({ message }) => message));
    return { host, eligible: false, failures: unrepeated(failures, told), ...own };
  });
  return [...ranked, ...excluded];
}

/** What the host says itself stands in its verdict. */
function unrepeated(failures: readonly RuleFailure[], told: ReadonlySet<string>): readonly RuleFailure[] {
  return failures.filter(
    ({ message, rule }) => !told.has(message) && rule !== 'verdict' && rule !== 'definition',
  );
}

function verdictOf(fleet: Fleet, host: string, slot: SlotId): { readonly verdict?: PodVerdict } {
  const pod = slot.slice(0, slot.lastIndexOf('/'));
  const answers = fleet.verdicts.find((record) => record.host === host)?.verdicts ?? [];
  const verdict = answers.find((answer) => answer.pod === pod && !answer.eligible);
  return verdict === undefined ? {} : { verdict };
}
