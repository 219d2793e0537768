import { containerStep } from './container-step.js';
import { desiredContainer } from './desired-container.js';
import { startOrder } from './order.js';

import type { ContainerStep } from './container-step.js';
import type { Ledger } from './ledger.js';
import type { FailureView, SecretEffect, Snapshot } from './snapshot.js';
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

/** Whether the slot serves as it did before the edit that is being applied: none of what should run is missing. */
export function servesUnedited(context: SlotContext, steps: readonly ContainerStep[]): boolean {
  if (!isEdited(context)) return false;
  return steps
    .filter(({ desired }) => desired.spec.role !== 'startup')
    .every(({ current, replaced }) => [current, ...replaced].some((each) => each?.state === 'running'));
}
