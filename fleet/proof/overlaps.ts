import { isOfContainer } from '../recorder/observation.js';

import type { Interval } from '../recorder/interval.js';
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
  /**
   * One of the copies was on a frozen host and woke with it: the limit that `docs/guarantees.md` states. It began with the
   * thaw, or lies within a second of it.
   */
  readonly afterThaw: boolean;
}

/** Which overlaps are asked for. */
export interface OverlapQuery {
  /** Pods of which no two copies may execute. */
  readonly pods: readonly string[];
  /** Milliseconds since the epoch; what was over by then is left out. Default: all. */
  readonly sinceMs?: number;
}

/** How long two copies may execute after a frozen host was thawed: what the guard needs to kill the old one. */
const AFTER_THAW_LIMIT_MS = 1_000;
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
              isAfter(atMs, { fromMs, toMs }) &&
              lives.some((life) => life.host === host && life.fromMs < atMs && (life.toMs ?? toMs) >= fromMs),
          ),
        })),
    );
}

function isAfter(thawMs: number, { fromMs, toMs }: Interval): boolean {
  const atOnce = Math.abs(fromMs - thawMs) <= AT_ONCE_MS;
  return atOnce || (fromMs > thawMs && toMs - thawMs <= AFTER_THAW_LIMIT_MS);
}

function hostsOf(lives: readonly Life[]): readonly string[] {
  return [...new Set(lives.map(({ host }) => host))].sort();
}

/** Whether it is more than the limits allow. */
export function isBroken({ afterThaw, lengthMs }: Overlap): boolean {
  return !afterThaw || lengthMs > AFTER_THAW_LIMIT_MS;
}

/** The pod of a slot such as `web/0`. */
export function podOf(slot: string): string {
  return slot.slice(0, slot.lastIndexOf('/'));
}
