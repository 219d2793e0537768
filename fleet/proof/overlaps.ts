import { isOfContainer } from '../recorder/observation.js';

import type { Life } from '../recorder/lives.js';
import type { Observation } from '../recorder/observation.js';
import type { FleetReport } from '../recorder/report.js';

/** A stretch of time in which two copies of one slot executed. */
export interface Overlap {
  /** Such as `web/0`. */
  readonly slot: string;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly lengthMs: number;
  /** Where there were copies. */
  readonly hosts: readonly string[];
  /** It began when a frozen host with one of the copies was thawed: the limit that `docs/guarantees.md` states. */
  readonly afterThaw: boolean;
}

/** Which overlaps are asked for. */
export interface OverlapQuery {
  /** Pods of which no two copies may execute. */
  readonly pods: readonly string[];
  /** Milliseconds since the epoch; what was over by then is left out. Default: all. */
  readonly sinceMs?: number;
}

/** A thaw is noted just before the host goes on, and its overlap begins with it. */
const AT_ONCE_MS = 50;

/** The overlaps of some pods' slots, in the order of the slots. */
export function overlapsOf(
  report: FleetReport,
  observations: readonly Observation[],
  { pods, sinceMs = 0 }: OverlapQuery,
): readonly Overlap[] {
  const thaws = observations.flatMap((each) =>
    !isOfContainer(each) && each.kind === 'thawed' ? [each] : [],
  );
  return report.slots
    .filter(({ slot }) => pods.includes(podOf(slot)))
    .flatMap(({ slot, overlaps, lives }) =>
      overlaps
        .filter(({ toMs }) => toMs > sinceMs)
        .map(({ fromMs, toMs }) => ({
          slot,
          atMs: fromMs,
          lengthMs: toMs - fromMs,
          hosts: hostsOf(lives.filter((life) => life.fromMs < toMs && (life.toMs ?? Infinity) > fromMs)),
          afterThaw: thaws.some(
            ({ host, atMs }) =>
              Math.abs(fromMs - atMs) <= AT_ONCE_MS &&
              lives.some((life) => life.host === host && life.fromMs < atMs && (life.toMs ?? toMs) >= fromMs),
          ),
        })),
    );
}

function hostsOf(lives: readonly Life[]): readonly string[] {
  return [...new Set(lives.map(({ host }) => host))].sort();
}

/** The pod of a slot such as `web/0`. */
export function podOf(slot: string): string {
  return slot.slice(0, slot.lastIndexOf('/'));
}
