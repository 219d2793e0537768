import { createLogger } from '@raftainer/logger';
import { eventually } from '@raftainer/testing';
import { beforeEach, expect, it } from 'vitest';

import { steadyNow } from '../clock.js';
import { FailureMemory } from '../memory/failure-memory.js';
import { Actor } from './actor.js';

import type { ActionTools } from './executors.js';
import type { Plan, SlotPlan, Snapshot } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';

const SLOT: SlotId = 'web/0';
const snapshot = { now: 0, pods: new Map() } as unknown as Snapshot;

let removed: string[];
let woken: number[];
let actor: Actor;

beforeEach(() => {
  [removed, woken] = [[], []];
  const remove = async (id: string): Promise<void> => {
    removed.push(id);
    return Promise.resolve();
  };
  const memory = new FailureMemory({ clock: steadyNow });
  actor = new Actor({
    ...{ memory, teardownMemory: memory, concurrency: 4 },
    tools: { docker: { networks: { remove } } } as unknown as ActionTools,
    logger: createLogger({ name: 'test', level: 'silent' }),
    claimsChanged: () => undefined,
    onClaim: () => undefined,
    wake: (delayMs) => woken.push(delayMs),
  });
});

function removing(id: string): SlotPlan {
  const actions = [{ type: 'remove-network', reason: 'network-missing', id, name: id }] as const;
  return { revision: 'r', actions, hostPorts: [], gpus: [] } as unknown as SlotPlan;
}

function planOf(id: string): Plan {
  return { slots: new Map([[SLOT, removing(id)]]), deaths: [], cancel: [] } as unknown as Plan;
}

async function untilIdle(): Promise<void> {
  await eventually(() => actor.busy().size === 0);
}

it('does not act on a slot that was given up while it was being observed, although that is done', async () => {
  expect(actor.observed().size).toBe(0);
  actor.giveUp(new Map([[SLOT, removing('given up')]]), []);
  await untilIdle();
  woken = [];
  actor.act(planOf('of an old view'), snapshot);
  await untilIdle();
  expect(removed).toEqual(['given up']);
  expect(woken).toContain(0);

  actor.observed();
  actor.act(planOf('of a new view'), snapshot);
  await untilIdle();
  expect(removed).toEqual(['given up', 'of a new view']);
});
