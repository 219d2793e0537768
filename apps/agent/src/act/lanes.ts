import { slotRefOf } from '@raftainer/pod-spec';
import pLimit from 'p-limit';

import type { LaneContext } from './lane-context.js';
import type { Action, ActionType, BusyView, SlotPlan } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';

/** What the lanes call. */
export interface LaneEvents {
  readonly execute: (action: Action, context: LaneContext) => Promise<void>;
  /** A lane begins its work. */
  readonly onStart: (id: SlotId, plan: SlotPlan) => void;
  /** A lane ended; without an error all its actions are done. Not called with the error of a cancelled lane. */
  readonly onEnd: (id: SlotId, plan: SlotPlan, outcome: LaneOutcome) => void;
  /** What a lane is doing changed in a way that people want to see. */
  readonly onProgress: (id: SlotId) => void;
}

/** How a lane ended. */
export type LaneOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly action: Action; readonly error: unknown };

interface Lane {
  readonly plan: SlotPlan;
  readonly controller: AbortController;
  readonly finished: Promise<void>;
  action?: Action;
  message?: string;
}

/**
 * Actions that keep the engine busy. Runs of them share a limited number of turns across all slots; waiting (for a
 * pull, a stop, a health check) takes no turn, so a hanging registry holds up its own slot only.
 */
const ENGINE_WORK: ReadonlySet<ActionType> = new Set<ActionType>([
  'create-network',
  'remove-network',
  'create-container',
  'start-container',
  'remove-container',
]);

/** Waiting for longer than this is worth telling. */
const LONG_MS = 500;

/**
 * One lane per slot: its actions run in order, lanes run side by side, and a failure ends its own lane only.
 * A slot has at most one lane at a time; while it has one, the planner leaves the slot alone.
 */
export class Lanes {
  readonly #events: LaneEvents;
  readonly #turns: ReturnType<typeof pLimit>;
  readonly #lanes = new Map<SlotId, Lane>();

  constructor(events: LaneEvents, concurrency: number) {
    this.#events = events;
    this.#turns = pLimit(concurrency);
  }

  /** Starts the work of a slot; ignored while the slot still has a lane. */
  start(id: SlotId, plan: SlotPlan): void {
    if (this.#lanes.has(id)) return;
    const controller = new AbortController();
    this.#events.onStart(id, plan);
    const lane: Lane = { plan, controller, finished: Promise.resolve() };
    this.#lanes.set(id, lane);
    Object.assign(lane, { finished: this.#run(id, lane) });
  }

  /** Ends a lane early; what its current action has begun is seen by the next observation. */
  cancel(id: SlotId): void {
    this.#lanes.get(id)?.controller.abort();
  }

  /** The slots with work under way, and what that work has taken. */
  busy(): ReadonlyMap<SlotId, BusyView> {
    return new Map(
      [...this.#lanes].map(([id, { plan, action, message }]) => [
        id,
        {
          revision: plan.revision,
          action: action?.type,
          message,
          hostPorts: plan.hostPorts,
          gpus: plan.gpus,
          subnet: plan.subnet,
        },
      ]),
    );
  }

  /** Cancels everything and waits until all lanes have ended. */
  async close(): Promise<void> {
    for (const lane of this.#lanes.values()) lane.controller.abort();
    await Promise.all([...this.#lanes.values()].map((lane) => lane.finished));
  }

  async #run(id: SlotId, lane: Lane): Promise<void> {
    const { signal } = lane.controller;
    const context: LaneContext = {
      slot: slotRefOf(id),
      id,
      fenced: lane.plan.fenced,
      signal,
      containerIds: new Map(),
      epoch: lane.plan.epoch,
      session: lane.plan.session,
      report: (message) => {
        lane.message = message;
        this.#events.onProgress(id);
      },
    };
    let outcome: LaneOutcome = { kind: 'done' };
    try {
      for (const run of turnsOf(lane.plan.actions)) await this.#runTogether(run, lane, context);
    } catch (error: unknown) {
      const { action } = lane;
      outcome =
        signal.aborted || action === undefined ? { kind: 'cancelled' } : { kind: 'failed', action, error };
    }
    this.#lanes.delete(id);
    this.#events.onEnd(id, lane.plan, outcome);
  }

  async #runTogether(run: readonly Action[], lane: Lane, context: LaneContext): Promise<void> {
    const execute = async (): Promise<void> => {
      for (const action of run) {
        context.signal.throwIfAborted();
        lane.action = action;
        lane.message = undefined;
        await this.#execute(action, context);
      }
    };
    const [first] = run;
    // A slot that waits for its turn is about to do this, and done with what was before.
    lane.action = first;
    lane.message = undefined;
    await (first !== undefined && ENGINE_WORK.has(first.type) ? this.#turns(execute) : execute());
  }

  /** What is waited for is told before it is over, when that takes long; engine work is over soon. */
  async #execute(action: Action, context: LaneContext): Promise<void> {
    if (ENGINE_WORK.has(action.type)) return this.#events.execute(action, context);
    const told = setTimeout(() => {
      this.#events.onProgress(context.id);
    }, LONG_MS);
    try {
      await this.#events.execute(action, context);
    } finally {
      clearTimeout(told);
    }
  }
}

/** Splits actions into runs that take one turn at the engine together, and single others. */
function turnsOf(actions: readonly Action[]): readonly (readonly Action[])[] {
  const runs: Action[][] = [];
  for (const action of actions) {
    const last = runs.at(-1);
    const joins = last?.[0] !== undefined && ENGINE_WORK.has(last[0].type) && ENGINE_WORK.has(action.type);
    if (joins) last.push(action);
    else runs.push([action]);
  }
  return runs;
}
