import { admissionFailures } from './admission.js';
import { doubtedUntil } from './claim-doubt.js';
import { hasPresentPeers, isDraining, moveTarget } from './fleet-placement.js';
import { containerSteps, currentFailure } from './slot-context.js';
import { NO_WORK } from './slot-decision.js';
import { checkIdOf } from './services.js';
import { sessionFor } from './sessions.js';
import { slotHealth } from './slot-health.js';
import { networkWork, slotWork } from './slot-work.js';

import type { ClaimTurn } from './claim-turn.js';
import type { ContainerStep } from './container-step.js';
import type { SlotContext } from './slot-context.js';
import type { SlotDecision } from './slot-decision.js';
import type { SlotHealth } from './plan.js';
import type { FailureView } from './snapshot.js';
import type { SlotView } from './world.js';
import type { RuleFailure } from '@raftainer/constraints';

/** A decision about a slot that nobody holds, and what speaks against holding it here. */
export type FreeDecision = SlotDecision & {
  readonly refusals: readonly RuleFailure[];
  readonly rank?: number;
};

/** Decides about a slot that nobody holds. Without a `turn` the slot is for other hosts. */
export function reconcileFree(context: SlotContext, turn: ClaimTurn | undefined): FreeDecision {
  const doubted = doubtedUntil(context);
  if (doubted !== undefined) return { ...serving(context), wakeAt: doubted };
  const failure = currentFailure(context);
  const waiting = failure !== undefined && (failure.exhausted || !failure.retried);
  if (waiting && failure.retryAt > context.snapshot.now) {
    const refusals = failure.exhausted ? [restartLimitFailure(context, failure)] : [];
    return { ...serving(context), wakeAt: failure.retryAt, refusals };
  }
  const { revision, view, snapshot, pod } = context;
  const session = sessionFor(snapshot.sessions, pod);
  if (view.containers.some((container) => container.state === 'running')) {
    // Given up by a host that drains: it serves until another host has taken it.
    if (isDraining(snapshot) && !pod.exclusive) return serving(context);
    const isMoving = !pod.exclusive && moveTarget(snapshot, view.id) !== undefined;
    if (isMoving && turn !== undefined && turn.at > snapshot.now) {
      return { ...serving(context), wakeAt: turn.at };
    }
    // It runs here: taking the claim again is all that may happen to it.
    // What runs is what was applied to it, which an edit may have outdated since.
    const applied = view.claim?.revision ?? revision;
    const acquire = { type: 'acquire-claim', reason: 'claim-missing', revision: applied, session } as const;
    return { ...serving(context), revision, actions: [acquire] };
  }
  if (turn === undefined) return serving(context);
  if (turn.at > snapshot.now) return beforeTurn(context, turn);
  const refusals = admissionFailures({ ...context, slot: view.ref });
  if (refusals.length > 0) return refuse(context, turn, refusals);
  const work = slotWork(context, containerSteps(context));
  if (work.obstacle !== undefined) return refuse(context, turn, [obstacleFailure(work.obstacle)]);
  return {
    revision,
    actions: [{ type: 'acquire-claim', reason: 'slot-free', revision, session }, ...work.actions],
    hostPorts: work.hostPorts,
    gpus: work.gpus,
    subnet: work.subnet,
    rank: turn.rank,
    refusals: [],
  };
}

/**
 * The host that takes the slot next makes its network while the lock is still closed, and nothing else: a container
 * carries the epoch of its claim, and secrets are for holders. Should another host take the slot after all, it goes again.
 * In the second half of the delay: what was lost with the slot and need not wait has the engine to itself before.
 */
function beforeTurn(context: SlotContext, turn: ClaimTurn): FreeDecision {
  const { snapshot, view, revision } = context;
  const waiting = { ...serving(context), wakeAt: turn.at };
  const isNext = turn.locked && turn.eligible && turn.rank === 0;
  if (!isNext || admissionFailures({ ...context, slot: view.ref }).length > 0) return waiting;
  const { actions, subnet } = networkWork(context, 'lock-opens-soon');
  if (actions.length === 0) return waiting;
  const prepareAt = turn.at - snapshot.fleet.lockDelayMs / 2;
  return prepareAt > snapshot.now
    ? { ...waiting, wakeAt: prepareAt }
    : { ...waiting, revision, actions, subnet };
}

/** Others are told what they cannot know: what the records say already is no news to them. */
function refuse({ snapshot }: SlotContext, turn: ClaimTurn, refusals: readonly RuleFailure[]): FreeDecision {
  return { ...NO_WORK, refusals: turn.eligible || !hasPresentPeers(snapshot) ? refusals : [] };
}

/** What runs goes on serving while its claim is being taken again, or taken over. */
export function serving(context: SlotContext): FreeDecision {
  const health =
    context.view.services.length > 0 ? { health: healthOf(context, containerSteps(context)) } : {};
  return { ...NO_WORK, ...health, refusals: [] };
}

/** What the TTL checks of a slot should say. */
export function healthOf(context: SlotContext, steps: readonly ContainerStep[]): SlotHealth {
  const { state, note } = slotHealth(steps);
  return {
    checkIds: checkIdsOf(context.view),
    status: state === 'healthy' || state === 'running' ? 'passing' : 'critical',
    note,
  };
}

/** Ids of the TTL checks of the services that are registered for a slot. */
export function checkIdsOf(view: SlotView): readonly string[] {
  return view.services.map((service) => checkIdOf(service.id));
}

/** The slot's status went with its claim; the verdict is where people learn why it does not come back. */
function restartLimitFailure({ pod, view }: SlotContext, { attempts, message }: FailureView): RuleFailure {
  return {
    rule: 'restart-limit',
    attribute: 'restart.attempts',
    operator: '<=',
    required: pod.restart.attempts,
    actual: attempts,
    message: `${view.id} failed ${attempts} times in a row, the last time because ${message}; it is tried again after a pause, or at once when its definition is edited`,
  };
}

function obstacleFailure(message: string): RuleFailure {
  return {
    rule: 'host-resources',
    attribute: 'host',
    operator: 'free',
    required: 'free',
    actual: 'none',
    message,
  };
}
