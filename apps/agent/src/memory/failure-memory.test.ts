import { beforeEach, describe, expect, it } from 'vitest';

import { FailureMemory } from './failure-memory.js';

import type { FailureNote } from './failure-memory.js';
import type { FailureView } from '@raftainer/planner';

const policy = { attempts: 3, intervalMs: 60_000, delayMs: 1_000, backoff: { factor: 2, maxDelayMs: 5_000 } };
const note: FailureNote = { revision: 'r1', code: 'X', message: 'it ended', policy };
let now: number;
let memory: FailureMemory;

beforeEach(() => {
  now = 0;
  memory = new FailureMemory({ clock: () => now, random: () => 0, failedTtlMs: 300_000 });
});

function view(): FailureView | undefined {
  return memory.views().get('web/0');
}

describe('FailureMemory', () => {
  it('waits longer with every failure, up to the longest delay', () => {
    const generous = { ...note, policy: { ...policy, attempts: 100 } };
    const delays = [1, 2, 3, 4, 5].map(() => memory.record('web/0', generous) - now);
    expect(delays).toEqual([1_000, 2_000, 4_000, 5_000, 5_000]);
    expect(view()).toMatchObject({ attempts: 5, exhausted: false, retried: false, message: 'it ended' });
  });

  it('shortens delays by up to a fifth, so that slots do not return in step', () => {
    memory = new FailureMemory({ clock: () => now, random: () => 0.999 });
    expect(memory.record('web/0', note)).toBeCloseTo(800, 0);
  });

  it('gives up after the attempts of the policy, for a while', () => {
    for (let i = 0; i < 4; i += 1) memory.record('web/0', note);
    expect(view()).toMatchObject({ attempts: 4, exhausted: true, retryAt: 300_000 });
    memory.retrying('web/0');
    expect(view()).toMatchObject({ retried: false });
    now = 300_000;
    expect(view()).toBeUndefined();
  });

  it('lets a slot that may not fail at all fail once', () => {
    memory.record('web/0', { ...note, policy: { ...policy, attempts: 0 } });
    expect(view()).toMatchObject({ attempts: 1, exhausted: true });
  });

  it('does not count failures that are older than the interval', () => {
    memory.record('web/0', note);
    now = 50_000;
    memory.record('web/0', note);
    expect(view()?.attempts).toBe(2);
    now = 70_000;
    memory.record('web/0', note);
    expect(view()).toMatchObject({ attempts: 2, exhausted: false });
  });

  it('forgets a failure that stays alone, and a slot that left', () => {
    memory.record('web/0', note);
    now = 61_001;
    expect(view()).toBeUndefined();
    memory.record('web/0', note);
    memory.forget('web/0');
    expect(view()).toBeUndefined();
  });

  it('counts anew for another revision', () => {
    memory.record('web/0', note);
    memory.record('web/0', note);
    memory.record('web/0', { ...note, revision: 'r2' });
    expect(view()).toMatchObject({ revision: 'r2', attempts: 1 });
  });

  it('notes a retry without prolonging the memory of the failure', () => {
    memory.record('web/0', note);
    now = 60_000;
    memory.retrying('web/0');
    expect(view()).toMatchObject({ retried: true, attempts: 1 });
    now = 61_001;
    expect(view()).toBeUndefined();
    memory.retrying('web/0');
    expect(view()).toBeUndefined();
  });

  it('tries for ever to get a claim that went elsewhere, never more rarely than every 3 s', () => {
    const lost = { revision: 'r1', code: 'AGENT_CLAIM_NOT_ACQUIRED', message: 'taken' };
    let delay = 0;
    for (let i = 0; i < 50; i += 1) delay = memory.record('web/0', lost) - now;
    expect(delay).toBe(3_000);
    expect(view()).toMatchObject({ exhausted: false });
  });

  it('keeps slots apart', () => {
    memory.record('web/0', note);
    memory.record('web/1', note);
    memory.record('web/1', note);
    expect([...memory.views()].map(([slot, { attempts }]) => [slot, attempts])).toEqual([
      ['web/0', 1],
      ['web/1', 2],
    ]);
  });
});
