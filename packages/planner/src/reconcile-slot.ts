import { admissionFailures, constraintFailures } from './admission.js';
import { containerSteps, currentFailure } from './slot-context.js';
import { NO_WORK } from './slot-decision.js';
import { checkIdOf } from './services.js';
import { sessionFor } from './sessions.js';
import { slotHealth } from './slot-health.js';
import { slotStatus } from './slot-status.js';
import { slotWork } from './slot-work.js';
import { teardown } from './teardown.js';
import { isPresent } from './world.js';

import type { ContainerStep } from './container-step.js';
import type { SlotContext } from './slot-context.js';
import type { SlotDecision } from './slot-decision.js';
import type { SlotHealth } from './plan.js';
import type { FailureView } from './snapshot.js';
import type { SlotView } from './world.js';
import type { RuleFailure } from '@raftainer/constraints';

/** Decides about a slot whose claim this host holds. `settled`: its relatives here are well, so it may be disturbed. */
export function reconcileHeld(context: SlotContext, settled: boolean): SlotDecision {
  const steps = containerSteps(context);
  const work = heldWork(context, steps, settled);
  return {
    ...work,
    status: slotStatus(context, steps, work.hint),
    health: healthOf(context, steps),
  };
}

/** Status and health of a slot that is being worked on; nothing else is decided meanwhile. */
export function describeBusy(context: SlotContext): SlotDecision {
  const steps = containerSteps(context);
  return { ...NO_WORK, status: slotStatus(context, steps), health: healthOf(context, steps) };
}

/** A decision about a slot that nobody holds, and what speaks against holding it here. */
export type FreeDecision = SlotDecision & { readonly refusals: readonly RuleFailure[] };

/** Decides about a slot that nobody holds. */
export function reconcileFree(context: SlotContext): FreeDecision {
  const failure = currentFailure(context);
  const waiting = failure !== undefined && (failure.exhausted || !failure.retried);
  if (waiting && failure.retryAt > context.snapshot.now) {
    const refusals = failure.exhausted ? [restartLimitFailure(context, failure)] : [];
    return { ...serving(context), wakeAt: failure.retryAt, refusals };
  }
  const { revision, view, snapshot, pod } = context;
  const session = sessionFor(snapshot.sessions, pod);
  if (view.containers.some((container) => container.state === 'running')) {
    // It runs here: taking the claim again is all that may happen to it.
    const acquire = { type: 'acquire-claim', reason: 'claim-missing', revision, session } as const;
    return { ...serving(context), revision, actions: [acquire] };
  }
  const refusals = admissionFailures({ ...context, slot: view.ref });
  if (refusals.length > 0) return { ...NO_WORK, refusals };
  const work = slotWork(context, containerSteps(context));
  if (work.obstacle !== undefined) return { ...NO_WORK, refusals: [obstacleFailure(work.obstacle)] };
  return {
    revision,
    actions: [{ type: 'acquire-claim', reason: 'slot-free', revision, session }, ...work.actions],
    hostPorts: work.hostPorts,
    subnet: work.subnet,
    refusals: [],
  };
}

/** What runs goes on serving while its claim is being taken again. */
function serving(context: SlotContext): FreeDecision {
  const health =
    context.view.services.length > 0 ? { health: healthOf(context, containerSteps(context)) } : {};
  return { ...NO_WORK, ...health, refusals: [] };
}

/** What the status should say beyond the state of the containers. */
export interface StatusHint {
  readonly phase?: 'backoff' | 'failed';
  readonly message?: string;
}

type HeldWork = SlotDecision & { readonly hint?: StatusHint };

function heldWork(context: SlotContext, steps: readonly ContainerStep[], settled: boolean): HeldWork {
  const { view, snapshot, revision } = context;
  const failure = currentFailure(context);
  if (failure?.exhausted === true) return leave(context, 'restart-limit', failure.message);
  const refusals = isPresent(view) ? constraintFailures(snapshot, context.pod) : [];
  if (refusals.length > 0)
    return leave(context, 'constraint-failed', refusals.map((rule) => rule.message).join('; '));

  const dead = steps.filter((step) => step.reason === 'container-exited' || step.reason === 'startup-failed');
  if (dead.length > 0 && (failure === undefined || failure.retried)) return mourn(context, dead);
  if (failure !== undefined && !failure.retried && failure.retryAt > snapshot.now) {
    return { ...NO_WORK, wakeAt: failure.retryAt, hint: { phase: 'backoff', message: failure.message } };
  }
  const work = slotWork(context, steps);
  if (work.obstacle !== undefined) return { ...NO_WORK, hint: { message: work.obstacle } };
  if (work.disruptive && (!settled || !context.ledger.takeTurn(view.ref))) {
    return { ...NO_WORK, hint: { message: 'waits for another slot of the pod to be updated' } };
  }
  return { revision, actions: work.actions, hostPorts: work.hostPorts, subnet: work.subnet };
}

function leave(
  context: SlotContext,
  reason: 'restart-limit' | 'constraint-failed',
  message: string,
): HeldWork {
  const gracePeriodMs = context.pod.stopGracePeriodMs;
  return {
    ...NO_WORK,
    actions: teardown(context.view, reason, { held: true, forget: false, gracePeriodMs }),
    hint: { phase: 'failed', message },
  };
}

function mourn(context: SlotContext, dead: readonly ContainerStep[]): HeldWork {
  const [first] = dead;
  const name = first?.desired.spec.name ?? '';
  const observed = first?.current ?? first?.replaced[0];
  const message = `container ${name} ended with exit code ${observed?.exitCode ?? 'unknown'}`;
  const death = { slot: context.view.id, revision: context.revision, container: name, message };
  return { ...NO_WORK, death, hint: { phase: 'backoff', message } };
}

function healthOf(context: SlotContext, steps: readonly ContainerStep[]): SlotHealth {
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
