import { groupBy } from './group-by.js';
import { difference, intersection, lengthMs, union } from './interval.js';
import { livesOf } from './lives.js';
import { isOfContainer } from './observation.js';

import type { Interval } from './interval.js';
import type { Life } from './lives.js';
import type { HostObservation, Observation } from './observation.js';

/** A stretch of time in which a main container of a slot did not execute, after it had done so before. */
export interface Gap extends Interval {
  /** Name of the container within the pod. */
  readonly container: string;
  /** Whether it still did not execute at the end of the recording: `toMs` is that end. */
  readonly open: boolean;
}

/** What happened to one slot. */
export interface SlotReport {
  /** Such as `web/0`. */
  readonly slot: string;
  /** In the order of their beginning. */
  readonly lives: readonly Life[];
  readonly gaps: readonly Gap[];
  /** Time in which at least one main container did not execute: the length of all gaps together. */
  readonly downtimeMs: number;
  /** When two copies of the slot executed at the same time. */
  readonly overlaps: readonly Interval[];
  /** Length of all overlaps. */
  readonly overlapMs: number;
  /** The same with copies that existed on a frozen host, where they could not execute. */
  readonly existingOverlapMs: number;
}

/** What the recording says, slot by slot. */
export interface FleetReport {
  /** End of the recording, milliseconds since the epoch. */
  readonly untilMs: number;
  /** In the order of their names. */
  readonly slots: readonly SlotReport[];
  /** The longest `overlapMs` of all slots; 0 without slots. */
  readonly maxOverlapMs: number;
  /** The longest `existingOverlapMs` of all slots; 0 without slots. */
  readonly maxExistingOverlapMs: number;
}

/** Works out downtime and overlap from a recording. Entries after `untilMs` are left out. */
export function reportOf(observations: readonly Observation[], untilMs: number): FleetReport {
  const recorded = observations.filter(({ atMs }) => atMs <= untilMs);
  const frozen = frozenTimes(recorded, untilMs);
  const bySlot = groupBy(livesOf(recorded), ({ slot }) => slot);
  const slots = [...bySlot]
    .map(([slot, lives]) => slotReport({ slot, lives, frozen, untilMs }))
    .sort((one, other) => one.slot.localeCompare(other.slot, 'en', { numeric: true }));
  return {
    untilMs,
    slots,
    maxOverlapMs: Math.max(0, ...slots.map(({ overlapMs }) => overlapMs)),
    maxExistingOverlapMs: Math.max(0, ...slots.map(({ existingOverlapMs }) => existingOverlapMs)),
  };
}

interface SlotRecording {
  readonly slot: string;
  readonly lives: readonly Life[];
  /** By host. */
  readonly frozen: ReadonlyMap<string, readonly Interval[]>;
  readonly untilMs: number;
}

function slotReport(recording: SlotRecording): SlotReport {
  const { slot, lives, untilMs, frozen } = recording;
  const existing = (life: Life): readonly Interval[] => [{ fromMs: life.fromMs, toMs: life.toMs ?? untilMs }];
  const executing = (life: Life): readonly Interval[] =>
    difference(existing(life), frozen.get(life.host) ?? []);
  const gaps = gapsOf(recording);
  const overlaps = overlapsOf(lives, executing);
  return {
    slot,
    lives,
    gaps,
    downtimeMs: lengthMs(gaps),
    overlaps,
    overlapMs: lengthMs(overlaps),
    existingOverlapMs: lengthMs(overlapsOf(lives, existing)),
  };
}

/** Containers of different names belong together on one host; anything else that coincides is a second copy. */
function overlapsOf(
  lives: readonly Life[],
  timeOf: (life: Life) => readonly Interval[],
): readonly Interval[] {
  const pairs = lives.flatMap((one, at) => lives.slice(at + 1).map((other) => [one, other] as const));
  const copies = pairs.filter(([one, other]) => one.host !== other.host || one.name === other.name);
  return union(copies.flatMap(([one, other]) => intersection(timeOf(one), timeOf(other))));
}

/** A main container serves from when the engine says that it is started, and not while its host is frozen. */
function gapsOf({ lives, frozen, untilMs }: SlotRecording): readonly Gap[] {
  const main = lives.filter(({ role }) => role === 'main');
  return [...groupBy(main, ({ name }) => name)].flatMap(([container, runs]) => {
    const served = runs.flatMap((life) =>
      difference(
        [{ fromMs: life.startedMs ?? life.fromMs, toMs: life.toMs ?? untilMs }],
        frozen.get(life.host) ?? [],
      ),
    );
    const [first] = union(served);
    if (first === undefined) return [];
    const missing = difference([{ fromMs: first.fromMs, toMs: untilMs }], served);
    return missing.map((gap) => ({ ...gap, container, open: gap.toMs === untilMs }));
  });
}

function frozenTimes(
  observations: readonly Observation[],
  untilMs: number,
): ReadonlyMap<string, readonly Interval[]> {
  const times = new Map<string, Interval[]>();
  const since = new Map<string, number>();
  const ofHosts = observations.filter((each): each is HostObservation => !isOfContainer(each));
  for (const { kind, host, atMs } of ofHosts.sort((one, other) => one.atMs - other.atMs)) {
    if (kind === 'frozen') {
      if (!since.has(host)) since.set(host, atMs);
      continue;
    }
    const fromMs = since.get(host);
    if (fromMs !== undefined) times.set(host, [...(times.get(host) ?? []), { fromMs, toMs: atMs }]);
    since.delete(host);
  }
  for (const [host, fromMs] of since)
    times.set(host, [...(times.get(host) ?? []), { fromMs, toMs: untilMs }]);
  return times;
}
