import { describe, expect, it } from 'vitest';
import type { SlotView } from '../fleet/pod-view.js';
import { FailureWatch } from './failure-watch.js';

const slot: SlotView = {
  slot: 'web/0',
  index: 0,
  desired: true,
  held: true,
  phase: 'starting',
  upToDate: true,
  answersDefinition: true,
  ready: false,
  host: 'n1',
  restarts: 0,
  why: ['because'],
  refused: false,
  containers: [],
  secrets: [],
};

const failedWith = (message: string): unknown =>
  expect.objectContaining({ code: 'CLI_WAIT_FAILED', message });

describe('FailureWatch', () => {
  it('gives up on a failure of the present revision at once', () => {
    const watch = new FailureWatch();
    watch.check([slot], 0);
    expect(() => {
      watch.check([{ ...slot, phase: 'failed' }], 1);
    }).toThrow(failedWith('web/0 failed on n1: because'));
  });

  it('does not mind a failure from before the definition, or of a slot that is not wanted', () => {
    const watch = new FailureWatch();
    for (const now of [0, 60_000]) {
      watch.check([{ ...slot, phase: 'failed', upToDate: false, answersDefinition: false }], now);
      watch.check([{ ...slot, phase: 'failed', desired: false }], now);
    }
  });

  it('gives up on a failure beside an older revision when it lasts', () => {
    const watch = new FailureWatch();
    const failed = { ...slot, phase: 'failed', upToDate: false } as const;
    watch.check([failed], 0);
    watch.check([failed], 9_999);
    expect(() => {
      watch.check([failed], 10_000);
    }).toThrow(failedWith('web/0 failed on n1: because'));
  });

  it('gives up when a slot backs off for the third time, not when it is seen three times', () => {
    const watch = new FailureWatch();
    const backoff = (since: string): SlotView => ({ ...slot, phase: 'backoff', since });
    for (const since of ['1', '1', '1', '2']) {
      watch.check([backoff(since)], 0);
    }
    expect(() => {
      watch.check([backoff('3')], 0);
    }).toThrow(failedWith('web/0 failed 3 times on n1: because'));
  });

  it('counts failures that happened between two looks', () => {
    const watch = new FailureWatch();
    watch.check([{ ...slot, phase: 'backoff', restarts: 2 }], 0);
    watch.check([{ ...slot, phase: 'running', restarts: 3 }], 0);
    expect(() => {
      watch.check([{ ...slot, phase: 'backoff', restarts: 3 }], 0);
    }).toThrow(failedWith('web/0 failed 3 times on n1: because'));
  });

  it('gives up when all hosts refuse for long, without a break', () => {
    const watch = new FailureWatch();
    const refused = { ...slot, phase: 'pending', held: false, refused: true } as const;
    watch.check([refused], 0);
    watch.check([{ ...refused, refused: false }], 9_000);
    watch.check([refused], 12_000);
    watch.check([refused], 21_000);
    expect(() => {
      watch.check([refused], 22_000);
    }).toThrow(failedWith('web/0 is refused by every host: because'));
  });
});
