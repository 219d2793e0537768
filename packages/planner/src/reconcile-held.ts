import { constraintFailures } from './admission.js';
import { doubtedUntil } from './claim-doubt.js';
import { policyFailures } from './host-policy.js';
import { healthOf } from './reconcile-slot.js';
import { containerSteps, currentFailure, nextSecretChange, servesUnedited } from './slot-context.js';
import { isServing } from './slot-health.js';
import { slotSecrets } from './slot-secrets.js';
import { NO_WORK } from './slot-decision.js';
import { slotStatus } from './slot-status.js';
import { slotWork } from './slot-work.js';
import { isRunning, teardown } from './teardown.js';
import { isPresent } from './world.js';

import type { ContainerStep } from './container-step.js';
import type { DrainStep } from './draining.js';
import type { SlotContext } from './slot-context.js';
import type { SlotDecision } from './slot-decision.js';
import type { SlotWork } from './slot-work.js';
import type { RuleFailure } from '@raftainer/constraints';

/** What is to be known about a held slot besides itself. */
export interface HeldOptions {
  /** Called when what runs has to make way: why it may not yet; undefined when it may. */
  readonly waitsFor: (serves: boolean) => string | undefined;
  /** The host that would take the slot, when it has to leave this one for an edit. */
  readonly successor?: string;
  /** Called when nothing else has to be done to it: whether and how it leaves this host. */
  readonly drain: () => DrainStep | undefined;
}

/** A decision about a slot that this host holds, and what speaks against holding it. */
export type HeldDecision = SlotDecision & { readonly refusals: readonly RuleFailure[] };

/** Decides about a slot whose claim this host holds. */
export function reconcileHeld(context: SlotContext, options: HeldOptions): HeldDecision {
  const steps = containerSteps(context);
  const work = heldWork(context, steps, options);
  return {
    refusals: [],
    ...work,
    ...wakeFor(context, work.wakeAt),
    status: slotStatus(context, steps, work.hint),
    ...slotSecrets(context, steps),
    health: healthOf(context, steps),
  };
}

/** Status and health of a slot that is being worked on; nothing else is decided meanwhile. */
export function describeBusy(context: SlotContext): SlotDecision {
  const steps = containerSteps(context);
  return {
    ...NO_WORK,
    status: slotStatus(context, steps),
    health: healthOf(context, steps),
    ...slotSecrets(context, steps),
  };
}

function wakeFor(context: SlotContext, wakeAt: number | undefined): { readonly wakeAt?: number } {
  const times = [wakeAt, nextSecretChange(context)].filter((time) => time !== undefined);
  return times.length === 0 ? {} : { wakeAt: Math.min(...times) };
}

/** What the status should say beyond the state of the containers. */
export interface StatusHint {
  readonly phase?: 'backoff' | 'failed' | 'stopping';
  readonly message?: string;
}

/** Work, with what the status and the verdict should say about it. */
type HeldWork = SlotDecision & {
  readonly hint?: StatusHint;
  readonly refusals?: readonly RuleFailure[];
};

function heldWork(context: SlotContext, steps: readonly ContainerStep[], options: HeldOptions): HeldWork {
  const wakeAt = doubtedUntil(context);
  if (wakeAt !== undefined) return { ...NO_WORK, wakeAt, hint: { message: IN_DOUBT } };
  const failure = currentFailure(context);
  if (failure?.exhausted === true && !servesUnedited(context, steps))
    return leave(context, 'restart-limit', { message: failure.message });
  const failures = isPresent(context.view) ? constraintFailures(context.snapshot, context.pod) : [];
  if (failures.length > 0) return unfitWork(context, steps, { ...options, message: messagesOf(failures) });
  const step = options.drain();
  if (step === undefined) return usualWork(context, steps, options);
  const { message } = step;
  switch (step.kind) {
    case 'move':
      return leave(context, step.reason, { phase: 'stopping', message });
    case 'hand-over':
      return handOver(context, step);
    case 'stay':
      return withMessage(usualWork(context, steps, options), message);
  }
}

const IN_DOUBT =
  'Consul went back to another state of the claims: the slot waits until whoever ran it before must have stopped it';

/** A host that changed is left at once. Constraints that were edited take nothing down that no other host could run. */
function unfitWork(
  context: SlotContext,
  steps: readonly ContainerStep[],
  { message, successor, waitsFor }: HeldOptions & { readonly message: string },
): HeldWork {
  const reason = 'constraint-failed';
  if (!servesUnedited(context, steps)) return leave(context, reason, { message });
  if (successor === undefined)
    return { ...NO_WORK, hint: { message: `${message}; no other host can take the slot, so it stays` } };
  const obstacle = waitsFor(isServing(steps));
  if (obstacle === undefined) return leave(context, reason, { message });
  return { ...NO_WORK, ...soon(context), hint: { message: `${message}; ${obstacle}` } };
}

function usualWork(context: SlotContext, steps: readonly ContainerStep[], options: HeldOptions): HeldWork {
  const { snapshot, revision } = context;
  const failure = currentFailure(context);
  const dead = steps.filter((step) => step.reason === 'container-exited' || step.reason === 'startup-failed');
  if (dead.length > 0 && (failure === undefined || failure.retried)) return mourn(context, dead);
  if (failure !== undefined && !failure.retried && failure.retryAt > snapshot.now) {
    const hint: StatusHint = servesUnedited(context, steps)
      ? { message: `the edit could not be made, and what ran before it runs on: ${failure.message}` }
      : { phase: 'backoff', message: failure.message };
    return { ...NO_WORK, wakeAt: failure.retryAt, hint };
  }
  const forbidden = policyFailures(snapshot.host.policy, context.pod);
  const work = slotWork(context, steps);
  if (forbidden.length > 0) return forbiddenWork(context, work, forbidden);
  if (work.obstacle !== undefined) return { ...NO_WORK, hint: { message: work.obstacle } };
  const message = work.disruptive ? options.waitsFor(isServing(steps)) : undefined;
  if (message !== undefined) return { ...NO_WORK, ...soon(context), hint: { message } };
  return decisionOf(revision, work);
}

/** Other hosts tell nobody when a slot of theirs has become well. */
const TURN_POLL_MS = 1_000;

function soon({ snapshot }: SlotContext): { readonly wakeAt: number } {
  return { wakeAt: snapshot.now + TURN_POLL_MS };
}

function decisionOf(revision: string, { actions, hostPorts, gpus, subnet }: SlotWork): HeldWork {
  return { revision, actions, hostPorts, gpus, subnet };
}

/** Starting something is what the policy forbids; what runs is reported and left alone, and goes when it has ended. */
function forbiddenWork(context: SlotContext, work: SlotWork, refusals: readonly RuleFailure[]): HeldWork {
  const message = messagesOf(refusals);
  if (!context.view.containers.some(isRunning)) {
    return { ...leave(context, 'host-policy', { message }), refusals };
  }
  const starts = work.actions.some(({ type }) => type === 'create-container' || type === 'start-container');
  const decision = starts || work.obstacle !== undefined ? NO_WORK : decisionOf(context.revision, work);
  return { ...decision, hint: { message }, refusals };
}

function withMessage(work: HeldWork, message: string): HeldWork {
  return { ...work, hint: { message, ...work.hint } };
}

function leave(
  context: SlotContext,
  reason: 'restart-limit' | 'constraint-failed' | 'host-draining' | 'slot-moving' | 'host-policy',
  hint: StatusHint,
): HeldWork {
  const gracePeriodMs = context.pod.stopGracePeriodMs;
  return {
    ...NO_WORK,
    actions: teardown(context.view, reason, { held: true, forget: false, gracePeriodMs }),
    hint: { phase: 'failed', ...hint },
  };
}

/** Only the claim goes: what runs serves until its replacement does. */
function handOver(
  { view }: SlotContext,
  { reason, message }: DrainStep & { readonly kind: 'hand-over' },
): HeldWork {
  return {
    ...NO_WORK,
    actions: [{ type: 'release-claim', reason, session: view.claim?.session, forget: false }],
    hint: { phase: 'stopping', message },
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

function messagesOf(failures: readonly RuleFailure[]): string {
  return failures.map(({ message }) => message).join('; ');
}
