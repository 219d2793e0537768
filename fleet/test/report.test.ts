import { describe, expect, it } from 'vitest';

import { difference, intersection, lengthMs, union } from '../recorder/interval.js';
import { livesOf } from '../recorder/lives.js';
import { reportOf } from '../recorder/report.js';

import type { ContainerObservation, Observation } from '../recorder/observation.js';

interface Story {
  readonly host?: string;
  readonly id?: string;
  readonly name?: string;
  readonly role?: string;
  readonly slot?: string;
}

/** `'seen 100, started 120, died 300'` of one container. */
function story(events: string, of: Story = {}): readonly ContainerObservation[] {
  const container = { host: 'a', id: 'c1', name: 'app', role: 'main', slot: 'web/0', ...of };
  return events.split(', ').map((event) => {
    const [kind, at] = event.split(' ');
    return { kind: kind as ContainerObservation['kind'], atMs: Number(at), container };
  });
}

const frozen = (host: string, fromMs: number, toMs?: number): readonly Observation[] => [
  { kind: 'frozen', atMs: fromMs, host },
  ...(toMs === undefined ? [] : [{ kind: 'thawed' as const, atMs: toMs, host }]),
];

const intervals = (...pairs: readonly (readonly [number, number])[]): { fromMs: number; toMs: number }[] =>
  pairs.map(([fromMs, toMs]) => ({ fromMs, toMs }));

describe('intervals', () => {
  it('that touch or cross are one', () => {
    expect(union(intervals([5, 9], [0, 2], [2, 3], [6, 7]))).toEqual(intervals([0, 3], [5, 9]));
    expect(lengthMs(intervals([0, 4], [2, 6], [9, 9]))).toBe(6);
  });

  it('have what is common, and what is left', () => {
    expect(intersection(intervals([0, 5], [8, 12]), intervals([4, 9]))).toEqual(intervals([4, 5], [8, 9]));
    expect(intersection(intervals([0, 5]), intervals([5, 9]))).toEqual([]);
    expect(difference(intervals([0, 10]), intervals([2, 3], [9, 12]))).toEqual(intervals([0, 2], [3, 9]));
    expect(difference(intervals([0, 10]), intervals([0, 10]))).toEqual([]);
  });
});

describe('lives', () => {
  it.each([
    ['the first word of the end counts', 'seen 100, started 130, died 290, gone 300', [[100, 130, 290]]],
    ['an engine that is killed says nothing', 'seen 100, started 130, gone 300', [[100, 130, 300]]],
    ['an engine that comes back tells of the end late', 'seen 100, started 130, gone 300, died 900', [[100, 130, 300]]],
    ['too short for the kernel to be asked', 'started 130, died 133', [[130, 130, 133]]],
    ['a start that failed is a life that was never started', 'seen 100, gone 120', [[100, undefined, 120]]],
    ['a restart so quick that the empty group was overlooked', 'seen 100, started 130, died 200, started 240, gone 300', [[100, 130, 200], [240, 240, 300]]],
    ['a restart', 'seen 100, started 130, died 200, gone 210, seen 250, started 260', [[100, 130, 200], [250, 260, undefined]]],
    ['it lives', 'seen 100, started 130', [[100, 130, undefined]]],
    ['told out of order', 'started 130, died 290, seen 100, gone 300', [[100, 130, 290]]],
    ['an end without a beginning', 'died 290, gone 300', []],
  ])('%s', (_, events, lives) => {
    expect(livesOf(story(events)).map(({ fromMs, startedMs, toMs }) => [fromMs, startedMs, toMs])).toEqual(lives);
  }); // prettier-ignore

  it('of two containers are not mixed up', () => {
    const both = [...story('seen 1, gone 5'), ...story('seen 2, gone 9', { id: 'c2' })];
    expect(livesOf(both).map(({ id, toMs }) => [id, toMs])).toEqual([
      ['c1', 5],
      ['c2', 9],
    ]);
  });
});

describe('overlap', () => {
  const onHostA = story('seen 100, started 110, gone 500');

  it.each([
    ['none when one ends before the other begins', story('seen 500, started 510', { host: 'b', id: 'c2' }), [0, 0]],
    ['the time in which both had a process', story('seen 450, started 480', { host: 'b', id: 'c2' }), [50, 50]],
    ['two copies on one host', story('seen 400, started 410, gone 450', { id: 'c2' }), [50, 50]],
    ['a sidecar on the same host is no copy', story('seen 90, started 95', { id: 'c2', name: 'log', role: 'sidecar' }), [0, 0]],
    ['a sidecar on another host is part of a second copy', story('seen 490', { host: 'b', id: 'c2', name: 'log' }), [10, 10]],
    ['another slot is no copy', story('seen 90, started 95', { id: 'c2', slot: 'web/1' }), [0, 0]],
    ['frozen, it does not execute', [...story('seen 200', { host: 'b', id: 'c2' }), ...frozen('a', 150, 900)], [0, 300]],
    ['until it is thawed', [...story('seen 200', { host: 'b', id: 'c2' }), ...frozen('a', 150, 480)], [20, 300]],
    ['frozen for ever', [...story('seen 200', { host: 'b', id: 'c2' }), ...frozen('a', 150)], [0, 300]],
  ])('%s', (_, others, [executing, existing]) => {
    const report = reportOf([...onHostA, ...others], 1000);
    const slot = report.slots.find((each) => each.slot === 'web/0');
    expect([slot?.overlapMs, slot?.existingOverlapMs]).toEqual([executing, existing]);
    expect([report.maxOverlapMs, report.maxExistingOverlapMs]).toEqual([executing, existing]);
  }); // prettier-ignore

  it('of three copies counts once, and says when', () => {
    const copies = [...onHostA, ...story('seen 300, gone 400', { host: 'b', id: 'c2' }), ...story('seen 350, gone 450', { host: 'c', id: 'c3' })]; // prettier-ignore
    expect(reportOf(copies, 1000).slots[0]).toMatchObject({
      overlapMs: 150,
      overlaps: intervals([300, 450]),
    });
  });
});

describe('downtime', () => {
  it('lasts from the death until the engine has started the next', () => {
    const moved = [...story('seen 100, started 110, gone 500'), ...story('seen 800, started 900', { host: 'b', id: 'c2' })]; // prettier-ignore
    const [slot] = reportOf(moved, 1000).slots;
    expect(slot?.gaps).toEqual([{ container: 'app', fromMs: 500, toMs: 900, open: false }]);
    expect(slot?.downtimeMs).toBe(400);
    expect(slot?.lives.map(({ host }) => host)).toEqual(['a', 'b']);
  });

  it('is open while nothing follows', () => {
    const [slot] = reportOf(story('seen 100, started 110, gone 500'), 1000).slots;
    expect(slot?.gaps).toEqual([{ container: 'app', fromMs: 500, toMs: 1000, open: true }]);
  });

  it('is no time before the first start, and none of startup containers', () => {
    const whole = [...story('seen 100, started 110'), ...story('seen 50, started 60, gone 90', { id: 'c0', name: 'init', role: 'startup' })]; // prettier-ignore
    expect(reportOf(whole, 1000).slots[0]).toMatchObject({ gaps: [], downtimeMs: 0 });
  });

  it('counts the time in which the host was frozen', () => {
    const report = reportOf([...story('seen 100, started 110'), ...frozen('a', 200, 260)], 1000);
    expect(report.slots[0]?.gaps).toEqual([{ container: 'app', fromMs: 200, toMs: 260, open: false }]);
  });

  it('of two main containers counts once where both were down', () => {
    const two = [...story('seen 0, started 0, gone 500'), ...story('seen 0, started 0, gone 400', { id: 'c2', name: 'db' })]; // prettier-ignore
    expect(reportOf(two, 1000).slots[0]?.downtimeMs).toBe(600);
  });
});

describe('a report', () => {
  it('leaves out what happened after its end', () => {
    const [slot] = reportOf(story('seen 100, started 110, gone 500'), 300).slots;
    expect(slot?.lives).toMatchObject([{ fromMs: 100, startedMs: 110 }]);
    expect(slot?.downtimeMs).toBe(0);
  });

  it('has the slots in the order of their numbers, and nothing to say without any', () => {
    const many = ['web/10', 'web/9', 'api/0'].flatMap((slot) => story('seen 1', { id: slot, slot }));
    expect(reportOf(many, 10).slots.map(({ slot }) => slot)).toEqual(['api/0', 'web/9', 'web/10']);
    expect(reportOf([], 10)).toEqual({ untilMs: 10, slots: [], maxOverlapMs: 0, maxExistingOverlapMs: 0 });
  });
});
