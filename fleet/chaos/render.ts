import { isBroken, podOf } from '../proof/overlaps.js';
import { ELASTIC, FLEETING } from './edits.js';
import { spreadOf } from '../../bench/report/stats.js';

import type { Overlap } from '../proof/overlaps.js';
import type { Played } from './chaos-run.js';
import type { ChaosResult } from './run-chaos.js';

/** Longer than any lock delay. */
const JUST_BEFORE_MS = 15_000;
/** Slots of these come and go because they are told to: what they are away is no downtime. */
const CHANGING = [ELASTIC, FLEETING];

/** Everything that breaks the promise, in words; empty when it was kept. */
export function brokenPromises({ overlaps, unconverged, played }: ChaosResult): readonly string[] {
  return [
    ...overlaps
      .filter(isBroken)
      .map(
        (overlap) =>
          `Two copies of ${overlap.slot} executed for ${ms(overlap.lengthMs)}, from ${new Date(overlap.atMs).toISOString()} on ${overlap.hosts.join(' and ')}.${underWay(overlap, played)}`,
      ),
    ...(unconverged === undefined ? [] : [unconverged]),
  ];
}

/** What was done at the time, or had just been undone. */
function underWay({ atMs, lengthMs }: Overlap, played: readonly Played[]): string {
  const then = played.filter(
    ({ fromMs, toMs }) => fromMs <= atMs + lengthMs && toMs >= atMs - JUST_BEFORE_MS,
  );
  return then.map(({ what, target }) => `\n  ${target}: ${what}`).join('');
}

/** The report of a run, for people. */
export function renderChaos(result: ChaosResult): string {
  const { steps, report, overlaps } = result;
  const slots = report.slots.filter(({ slot }) => !CHANGING.includes(podOf(slot)));
  const gaps = slots.flatMap((slot) => slot.gaps.map(({ fromMs, toMs }) => toMs - fromMs));
  const afterThaw = overlaps.filter((overlap) => !isBroken(overlap));
  const broken = brokenPromises(result);
  return [
    `${sum(Object.values(steps))} faults, operations and edits:`,
    ...Object.entries(steps)
      .sort(([one], [other]) => one.localeCompare(other, 'en'))
      .map(([what, times]) => `  ${String(times).padStart(4)} × ${what}`),
    `Downtime of a slot, each time:      ${spread(gaps)}`,
    `Downtime of a slot, all together:   ${spread(slots.map(({ downtimeMs }) => downtimeMs))}`,
    `Overlap of exclusive slots:         ${ms(sum(overlaps.filter(isBroken).map(({ lengthMs }) => lengthMs)))}`,
    `  in the moment after a thaw:       ${spread(afterThaw.map(({ lengthMs }) => lengthMs))}`,
    broken.length === 0 ? 'Converged: every slot runs once, and nothing else is left.' : broken.join('\n'),
  ].join('\n');
}

function spread(values: readonly number[]): string {
  if (values.length === 0) return 'none';
  const { min, median, max, count } = spreadOf(values);
  return `min ${ms(min)}, median ${ms(median)}, max ${ms(max)} (${count})`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}
