import { describe, expect, it } from 'vitest';

import { isBroken, overlapsOf } from '../proof/overlaps.js';
import { reportOf } from '../recorder/report.js';

import type { Observation } from '../recorder/observation.js';

const THAWED_AT = 20_000;

/** A copy on host `a`, which is frozen until its slot has moved to host `b`. */
function recording(times: {
  readonly copyFrom?: number;
  readonly copyDied: number;
  readonly movedAt: number;
}): readonly Observation[] {
  const of = (host: string): { host: string; id: string; name: string; role: string; slot: string } => ({
    ...{ host, id: `c-${host}` },
    ...{ name: 'app', role: 'main', slot: 'web/0' },
  });
  return [
    { kind: 'seen', atMs: times.copyFrom ?? 0, container: of('a') },
    { kind: 'frozen', atMs: 1_000, host: 'a' },
    { kind: 'seen', atMs: times.movedAt, container: of('b') },
    { kind: 'thawed', atMs: THAWED_AT, host: 'a' },
    { kind: 'gone', atMs: times.copyDied, container: of('a') },
  ];
}

describe('an overlap', () => {
  it.each([
    ['begins with the thaw', { movedAt: 12_000, copyDied: 20_400 }, false],
    ['begins with the thaw, and takes too long', { movedAt: 12_000, copyDied: 21_200 }, true],
    ['begins while the copy is being killed', { movedAt: 20_700, copyDied: 20_900 }, false],
    ['begins while the copy should be dead', { movedAt: 20_700, copyDied: 21_100 }, true],
    [
      'is of a copy that starts after the thaw',
      { copyFrom: 20_500, movedAt: 12_000, copyDied: 20_600 },
      true,
    ],
  ])('that %s', (_, times, broken) => {
    const observations = recording(times);
    const overlaps = overlapsOf(reportOf(observations, 60_000), observations, { pods: ['web'] });

    expect(overlaps).toHaveLength(1);
    expect(overlaps[0]?.hosts).toEqual(['a', 'b']);
    expect(overlaps.filter(isBroken)).toHaveLength(broken ? 1 : 0);
  });
});
