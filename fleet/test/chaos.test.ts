import { describe, expect, it } from 'vitest';

import { EVENT_NAMES } from '../chaos/events.js';
import { FAULT_NAMES } from '../chaos/faults.js';
import { readChaosOptions } from '../chaos/options.js';
import { Random } from '../chaos/random.js';
import { brokenPromises, renderChaos } from '../chaos/render.js';
import { scheduleOf } from '../chaos/schedule.js';

import type { ChaosResult } from '../chaos/run-chaos.js';
import type { PlannedFault } from '../chaos/schedule.js';

const HOSTS = ['host-1', 'host-2', 'host-3'];
const HOUR_MS = 3_600_000;

function faultsOf(seed: number): readonly PlannedFault[] {
  const steps = scheduleOf({ seed, durationMs: HOUR_MS, hosts: HOSTS });
  return steps.flatMap((step) => (step.kind === 'fault' ? [step] : []));
}

describe('a seed', () => {
  it('gives the same schedule again, and another seed another', () => {
    expect(faultsOf(7)).toEqual(faultsOf(7));
    expect(faultsOf(7)).not.toEqual(faultsOf(8));
  });

  it('gives numbers all over the range, its ends included', () => {
    const random = new Random(7);
    const drawn = new Set(Array.from({ length: 200 }, () => random.between(1, 5)));
    expect([...drawn].sort()).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('a schedule of an hour', () => {
  it('knows every fault and every target', () => {
    const faults = faultsOf(7);
    expect(new Set(faults.map(({ fault }) => fault))).toEqual(new Set(EVENT_NAMES));
    expect(new Set(faults.map(({ target }) => target))).toEqual(
      new Set([...HOSTS, 'servers', 'edits', 'all']),
    );
  });

  it('never has more than two faults at once, nor two of one target', () => {
    const faults = faultsOf(7);
    for (const { atMs } of faults) {
      const now = faults.filter((each) => each.atMs <= atMs && each.atMs + each.lastsMs > atMs);
      expect(now.length).toBeLessThanOrEqual(2);
      expect(new Set(now.map(({ target }) => target)).size).toBe(now.length);
    }
  });

  it('does nothing else to anybody while all hosts are the target', () => {
    const faults = faultsOf(7);
    for (const { atMs, lastsMs } of faults.filter(({ target }) => target === 'all')) {
      const beside = faults.filter((each) => each.atMs < atMs + lastsMs && each.atMs + each.lastsMs > atMs);
      expect(beside).toHaveLength(1);
    }
  });

  it('picks from what it is given, edits alone if that is nothing', () => {
    const events = FAULT_NAMES.slice(0, 2);
    const options = { seed: 7, durationMs: HOUR_MS, hosts: HOSTS };
    const picked = scheduleOf({ ...options, events }).flatMap((step) =>
      step.kind === 'fault' ? step.fault : [],
    );
    expect(new Set(picked)).toEqual(new Set(events));
    expect(new Set(scheduleOf({ ...options, events: [] }).map(({ kind }) => kind))).toEqual(
      new Set(['edit']),
    );
  });

  it('only gets longer when the time does', () => {
    const short = scheduleOf({ seed: 7, durationMs: HOUR_MS / 60, hosts: HOSTS });
    expect(scheduleOf({ seed: 7, durationMs: HOUR_MS, hosts: HOSTS }).slice(0, short.length)).toEqual(short);
  });
});

describe('the report', () => {
  const kept: ChaosResult = {
    steps: { 'it is cut off': 2 },
    played: [
      { what: 'it is cut off', target: 'host-2', fromMs: 0, toMs: 30 },
      { what: 'it is frozen', target: 'host-3', fromMs: 90_000, toMs: 90_001 },
    ],
    report: { untilMs: 0, slots: [], maxOverlapMs: 0, maxExistingOverlapMs: 0 },
    overlaps: [],
  };
  const hosts = ['host-1', 'host-2'];
  const overlap = { slot: 'only/0', atMs: 0, lengthMs: 40, hosts, afterThaw: true };

  it('is content with a promise that was kept, and with the moment after a thaw', () => {
    expect(brokenPromises(kept)).toEqual([]);
    expect(brokenPromises({ ...kept, overlaps: [overlap] })).toEqual([]);
    expect(renderChaos({ ...kept, overlaps: [overlap] })).toContain('after a thaw:       min 40 ms');
  });

  it.each([
    [
      'an overlap',
      { overlaps: [{ ...overlap, afterThaw: false }] },
      /Two copies of only\/0 executed for 40 ms, from 1970-\S+ on host-1 and host-2\.\n +host-2: it is cut off$/,
    ],
    ['too long a moment', { overlaps: [{ ...overlap, lengthMs: 1_001 }] }, /only\/0 executed for 1001 ms/],
    [
      'a fleet that does not converge',
      { unconverged: 'only/0 is held by nobody' },
      /only\/0 is held by nobody/,
    ],
  ])('names %s', (_, change, message) => {
    const result = { ...kept, ...change };
    expect(brokenPromises(result).join('\n')).toMatch(message);
    expect(renderChaos(result)).toMatch(message);
  });
});

describe('the command line', () => {
  it('has defaults', () => {
    expect(readChaosOptions([])).toEqual({
      seed: 7,
      durationMs: 600_000,
      events: EVENT_NAMES,
      environment: {},
      gossip: 'default',
    });
    expect(readChaosOptions(['--env', 'RAFTAINER_FENCE=freeze', '--env', 'A=b=c'])).toMatchObject({
      environment: { RAFTAINER_FENCE: 'freeze', A: 'b=c' },
    });
    expect(readChaosOptions(['--faults', 'cut, powerLost', '--operations', 'none'])).toMatchObject({
      events: ['cut', 'powerLost'],
    });
    expect(readChaosOptions(['--help'])).toBeUndefined();
  });

  it.each([
    [['--minutes', '0'], /--minutes: "0"/],
    [['--operations', 'cut'], /--operations: "cut" is none of versionChanged, /],
    [['--seed', 'x'], /--seed: "x"/],
    [['--env', 'freeze'], /--env: "freeze" is not NAME=VALUE/],
  ])('refuses %j', (args, message) => {
    expect(() => readChaosOptions(args)).toThrow(message);
  });
});
