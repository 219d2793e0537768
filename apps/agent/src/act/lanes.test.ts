import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { eventually } from '@raftainer/testing';

import { Lanes } from './lanes.js';

import type { LaneContext } from './lane-context.js';
import type { LaneOutcome } from './lanes.js';
import type { Action, SlotPlan } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';

/** What happened, in order. */
let events: string[];
let outcomes: Map<SlotId, LaneOutcome>;
/** How an action is done: by its name. */
let work: (name: string, context: LaneContext) => Promise<void>;
let lanes: Lanes;
/** Actions held back until the test lets them go. */
let gates: Map<string, () => void>;

beforeEach(() => {
  events = [];
  outcomes = new Map();
  gates = new Map();
  work = () => Promise.resolve();
  lanes = lanesWith(2);
});

afterEach(async () => {
  for (const open of gates.values()) open();
  await lanes.close();
});

function lanesWith(concurrency: number): Lanes {
  return new Lanes(
    {
      execute: async (action, context) => {
        const name = nameOf(action);
        events.push(name);
        await work(name, context);
      },
      onStart: (id) => events.push(`start ${id}`),
      onEnd: (id, _, outcome) => outcomes.set(id, outcome),
      onProgress: (id) => events.push(`progress ${id}`),
    },
    concurrency,
  );
}

function nameOf(action: Action): string {
  return 'name' in action ? action.name : action.type;
}

/** Work at the engine. */
const engine = (name: string): Action => ({ type: 'start-container', reason: 'container-missing', name });
/** Waiting that takes no turn. */
const waiting = (name: string): Action => ({
  type: 'await-container',
  reason: 'container-missing',
  name,
  condition: 'healthy',
});

function planOf(actions: readonly Action[], changes: Partial<SlotPlan> = {}): SlotPlan {
  return { revision: 'r1', actions, fenced: false, hostPorts: [], gpus: [], ...changes };
}

/** Holds these actions until the test opens their gate or their lane is cancelled. */
function hold(...names: readonly string[]): void {
  work = async (name, { signal }) => {
    if (!names.includes(name)) return;
    await new Promise<void>((resolve, reject) => {
      gates.set(name, resolve);
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
    });
  };
}

async function untilHeld(name: string): Promise<void> {
  await eventually(() => gates.has(name));
}

async function ended(id: SlotId): Promise<LaneOutcome> {
  return eventually(() => outcomes.get(id) ?? false);
}

describe('a lane', () => {
  it('does its actions in order, and is over when they are done', async () => {
    lanes.start('web/0', planOf([engine('a'), waiting('b'), engine('c'), engine('d')]));
    expect(lanes.busy().has('web/0')).toBe(true);
    expect(await ended('web/0')).toEqual({ kind: 'done' });
    expect(events).toEqual(['start web/0', 'a', 'b', 'c', 'd']);
    expect(lanes.busy().size).toBe(0);
  });

  it('tells what it does, and what it took for itself', async () => {
    hold('b');
    lanes.start('web/0', planOf([engine('a'), waiting('b')], { hostPorts: [80], subnet: '10.0.0.0/28' }));
    await untilHeld('b');
    expect(lanes.busy().get('web/0')).toEqual({
      ...{ revision: 'r1', action: 'await-container', message: undefined },
      ...{ gpus: [], hostPorts: [80], subnet: '10.0.0.0/28' },
    });
  });

  it('shows the message of its present action only', async () => {
    work = async (name, context) => {
      if (name === 'a') context.report('half way');
      else await sleep(60_000, undefined, { signal: context.signal });
    };
    lanes.start('web/0', planOf([waiting('a'), waiting('b')]));
    await eventually(() => events.includes('b'));
    expect(events).toContain('progress web/0');
    expect(lanes.busy().get('web/0')?.message).toBeUndefined();
  });

  it('gives its actions one context, with the epoch that is known', async () => {
    const seen: (number | undefined)[] = [];
    work = (name, context) => {
      seen.push(context.epoch);
      if (name === 'a') context.epoch = 8;
      return Promise.resolve();
    };
    lanes.start('web/0', planOf([engine('a'), engine('b')], { epoch: 7 }));
    await ended('web/0');
    expect(seen).toEqual([7, 8]);
  });

  it('is one for each slot: further work waits for the next cycle', async () => {
    hold('a');
    lanes.start('web/0', planOf([engine('a')]));
    await untilHeld('a');
    lanes.start('web/0', planOf([engine('x')]));
    gates.get('a')?.();
    await ended('web/0');
    expect(events).toEqual(['start web/0', 'a']);
  });
});

describe('a failure', () => {
  it('ends its own lane only, and says at which action', async () => {
    const error = new Error('no');
    work = (name) => (name === 'bad' ? Promise.reject(error) : sleep(20));
    lanes.start('web/0', planOf([engine('bad'), engine('never')]));
    lanes.start('web/1', planOf([engine('a'), engine('b')]));
    expect(await ended('web/0')).toEqual({ kind: 'failed', action: engine('bad'), error });
    expect(await ended('web/1')).toEqual({ kind: 'done' });
    expect(events).not.toContain('never');
  });
});

describe('cancelling', () => {
  it('ends the present action and does no further one, and is no failure', async () => {
    hold('a');
    lanes.start('web/0', planOf([waiting('a'), engine('b')]));
    await untilHeld('a');
    lanes.cancel('web/0');
    expect(await ended('web/0')).toEqual({ kind: 'cancelled' });
    expect(events).not.toContain('b');
  });

  it('of what is not there does nothing', () => {
    lanes.cancel('web/0');
    expect(lanes.busy().size).toBe(0);
  });

  it('reaches a lane that still waits for its turn', async () => {
    lanes = lanesWith(1);
    hold('a');
    lanes.start('web/0', planOf([engine('a')]));
    await untilHeld('a');
    lanes.start('web/1', planOf([engine('b')]));
    lanes.cancel('web/1');
    gates.get('a')?.();
    expect(await ended('web/1')).toEqual({ kind: 'cancelled' });
    expect(events).not.toContain('b');
  });

  it('of everything waits until all lanes have ended', async () => {
    hold('a', 'b');
    lanes.start('web/0', planOf([waiting('a')]));
    lanes.start('web/1', planOf([waiting('b')]));
    await Promise.all([untilHeld('a'), untilHeld('b')]);
    await lanes.close();
    expect([...outcomes.values()]).toEqual([{ kind: 'cancelled' }, { kind: 'cancelled' }]);
    expect(lanes.busy().size).toBe(0);
  });
});

describe('turns at the engine', () => {
  it('are limited over all slots', async () => {
    let [now, most] = [0, 0];
    work = async () => {
      now += 1;
      most = Math.max(most, now);
      await sleep(5);
      now -= 1;
    };
    const ids = Array.from({ length: 10 }, (_, index): SlotId => `web/${index}`);
    for (const id of ids) lanes.start(id, planOf([engine(`${id}-a`), engine(`${id}-b`)]));
    await Promise.all(ids.map(ended));
    expect(most).toBe(2);
  });

  it('are not taken by waiting: what hangs holds up its own slot only', async () => {
    lanes = lanesWith(1);
    hold('pull');
    lanes.start('web/0', planOf([engine('first'), waiting('pull'), engine('last')]));
    await untilHeld('pull');
    lanes.start('web/1', planOf([engine('other')]));
    expect(await ended('web/1')).toEqual({ kind: 'done' });
    gates.get('pull')?.();
    await ended('web/0');
    expect(events.at(-1)).toBe('last');
  });
});
