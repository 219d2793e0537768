import { describe, expect, it } from 'vitest';
import type { SlotView } from '../fleet/pod-view.js';
import { Settling } from './settling.js';

const since = '2026-01-01T00:00:00.000Z';
const start = Date.parse(since);
const slot: SlotView = {
  slot: 'web/0',
  index: 0,
  desired: true,
  held: true,
  phase: 'running',
  upToDate: true,
  answersDefinition: true,
  ready: true,
  restarts: 0,
  since,
  why: [],
  refused: false,
  containers: [],
  secrets: [],
};

describe('Settling', () => {
  it('takes the word of a health check at once', () => {
    expect(new Settling().isSettled({ ...slot, phase: 'healthy' }, { wallClock: start, monotonic: 0 })).toBe(
      true,
    );
    expect(
      new Settling().isSettled(
        { ...slot, phase: 'healthy', ready: false },
        { wallClock: start, monotonic: 0 },
      ),
    ).toBe(false);
  });

  it('waits a while where there is none', () => {
    const settling = new Settling();
    const at = (monotonic: number): boolean => settling.isSettled(slot, { wallClock: start, monotonic });
    expect([at(0), at(2999), at(3000)]).toEqual([false, false, true]);
  });

  it('begins anew with each restart', () => {
    const settling = new Settling();
    const at = (monotonic: number, more: Partial<SlotView>): boolean =>
      settling.isSettled({ ...slot, ...more }, { wallClock: start, monotonic });
    expect(at(0, {})).toBe(false);
    expect(at(2000, { phase: 'backoff', ready: false })).toBe(false);
    expect(at(4000, {})).toBe(false);
    expect(at(6000, { restarts: 1 })).toBe(false);
    expect(at(8000, { restarts: 1 })).toBe(false);
    expect(at(9000, { restarts: 1 })).toBe(true);
  });

  it('need not watch what has run for long', () => {
    expect(new Settling().isSettled(slot, { wallClock: start + 60_000, monotonic: 0 })).toBe(true);
  });
});
