import { containerStep } from './container-step.js';
import { desiredContainer } from './desired-container.js';
import { startOrder } from './order.js';
import { probeCheckOf } from './probe-check.js';

import type { ContainerStep } from './container-step.js';
import type { Ledger } from './ledger.js';
import type { ContainerView, FailureView, SecretEffect, Snapshot } from './snapshot.js';
import type { SlotView } from './world.js';
import type { Pod } from '@raftainer/pod-spec';

/** What deciding about one wanted slot needs. */
export interface SlotContext {
  readonly snapshot: Snapshot;
  readonly ledger: Ledger;
  readonly view: SlotView;
  readonly pod: Pod;
  readonly revision: string;
}

/** Compares every container of the definition with what is there, in the order of starting. */
export function containerSteps(context: SlotContext): readonly ContainerStep[] {
  const { view, pod, revision, snapshot } = context;
  const roles = new Map(pod.containers.map((container) => [container.name, container.role]));
  const editing = isEdited(context);
  const stepContext = {
    editing,
    networkPresent: view.network !== undefined,
    startedBefore: view.containers.some((container) => roles.get(container.container) !== 'startup'),
    secretEffects: dueEffects(context),
    images: editing ? snapshot.images : new Map<string, string>(),
  };
  const resolve = { pod, revision, slot: view.ref, host: snapshot.host };
  return startOrder(pod.containers).map((spec) =>
    containerStep(desiredContainer(resolve, spec), view.containers, stepContext),
  );
}

function dueEffects({ view, snapshot }: SlotContext): ReadonlyMap<string, SecretEffect> {
  const changes = snapshot.secrets.get(view.id)?.changes ?? [];
  const due = changes.filter(({ dueAt }) => dueAt <= snapshot.now);
  return new Map(due.map(({ containerId, effect }) => [containerId, effect]));
}

/** When the next container is to get its changed secrets, of those that wait for their turn. */
export function nextSecretChange({ view, snapshot }: SlotContext): number | undefined {
  const changes = snapshot.secrets.get(view.id)?.changes ?? [];
  const later = changes.flatMap(({ dueAt }) => (dueAt > snapshot.now ? [dueAt] : []));
  return later.length === 0 ? undefined : Math.min(...later);
}

/** The failure that counts: one of an older revision says nothing about this one. */
export function currentFailure(context: SlotContext): FailureView | undefined {
  const { failure } = context.view;
  return failure?.revision === context.revision ? failure : undefined;
}

/** Whether the slot runs an older definition than the present one, which is being applied. */
export function isEdited({ view, revision }: SlotContext): boolean {
  const applied = view.claim?.revision;
  return applied !== undefined && applied !== revision;
}

/**
 * Whether what runs is still that of before the edit: all that should run does, or a main container that is to make way
 * has not been stopped yet. Then whatever failed was preparing the edit, and not running the slot.
 */
export function servesUnedited(context: SlotContext, steps: readonly ContainerStep[]): boolean {
  if (!isEdited(context)) return false;
  const runs = (containers: readonly (ContainerView | undefined)[]): boolean =>
    containers.some((container) => container?.state === 'running');
  const isOld = ({ desired, need, replaced }: ContainerStep): boolean =>
    desired.spec.role === 'main' && need === 'create' && runs(replaced);
  return (
    steps
      .filter(({ desired }) => desired.spec.role !== 'startup')
      .every(({ current, replaced }) => runs([current, ...replaced])) || steps.some(isOld)
  );
}

/**
 * Whether applying the definition may give running containers another check than they were made for: those of an agent
 * that did not note it on them are judged by what was applied last.
 */
export function isJudgedAnew(context: SlotContext, steps: readonly ContainerStep[]): boolean {
  const isUnnoted = ({ current, desired }: ContainerStep): boolean =>
    current?.state === 'running' && current.check === undefined && probeCheckOf(desired.spec) !== undefined;
  return isEdited(context) && steps.some(isUnnoted);
}
