import { assignGpus } from './assign-gpus.js';
import { assignPorts } from './assign-ports.js';
import { withAssigned } from './desired-container.js';
import { LABELS } from './labels.js';
import { slotName } from './names.js';
import { desiredServices, sameService } from './services.js';
import { currentFailure, isJudgedAnew } from './slot-context.js';
import { leavingContainers, restarting } from './leaving.js';
import { isRunning, stopTarget } from './teardown.js';

import type { Action } from './action.js';
import type { Reason } from './reason.js';
import type { PortMap } from './assign-ports.js';
import type { ContainerStep } from './container-step.js';
import type { Leaving } from './leaving.js';
import type { Assigned } from './desired-container.js';
import type { SlotContext } from './slot-context.js';

/** The work that brings a slot to its definition, and what it takes for itself. */
export interface SlotWork {
  readonly actions: readonly Action[];
  readonly hostPorts: readonly number[];
  readonly gpus: readonly string[];
  readonly subnet?: string;
  /** A running container makes way, or is judged by another check: the slot may be out of service for a moment. */
  readonly disruptive: boolean;
  /** Why there can be no work although it is needed. */
  readonly obstacle?: string;
}

/**
 * The order is the safety: new images are there before anything stops, a slot leaves discovery before its
 * containers stop, startup containers complete before the others start, and registration comes last.
 */
export function slotWork(context: SlotContext, steps: readonly ContainerStep[]): SlotWork {
  const leaving = leavingContainers(context, steps);
  const ports = assignPorts(context, steps);
  const gpus = assignGpus(context, steps);
  const network = networkWork(context);
  const actions = [
    ...imageActions(steps),
    ...secretActions(steps),
    ...leaveActions(context, leaving, steps),
    ...network.actions,
    ...steps.flatMap((step) =>
      startActions(context, step, {
        hostPorts: ports.byContainer.get(step.desired.spec.name) ?? {},
        gpus: gpus.byContainer.get(step.desired.spec.name) ?? [],
      }),
    ),
    ...serviceActions(context, [...leaving, ...restarting(steps)], ports.byContainer),
    ...claimActions(context),
  ];
  return {
    actions,
    hostPorts: ports.taken,
    gpus: gpus.taken,
    subnet: network.subnet,
    disruptive:
      isJudgedAnew(context, steps) ||
      [...leaving, ...restarting(steps)].some(
        ({ container, reason }) => isRunning(container) && reason !== 'container-duplicate',
      ),
    obstacle: ports.obstacle ?? gpus.obstacle ?? network.obstacle,
  };
}

function imageActions(steps: readonly ContainerStep[]): readonly Action[] {
  const images = new Map<string, Action>();
  for (const { need, reason, desired } of steps) {
    if (need !== 'create' || reason === undefined) continue;
    const { image, pull } = desired.spec;
    images.set(`${image} ${pull}`, { type: 'ensure-image', reason, image, policy: pull });
  }
  return [...images.values()];
}

function leaveActions(
  context: SlotContext,
  leaving: readonly Leaving[],
  steps: readonly ContainerStep[],
): readonly Action[] {
  const running = [...leaving.filter(({ container }) => isRunning(container)), ...restarting(steps)];
  const actions: Action[] = [];
  const [first] = running;
  if (first !== undefined) {
    for (const { id } of affectedServices(context, running)) {
      actions.push({ type: 'deregister-service', reason: first.reason, id });
    }
    const containers = running.map(({ container }) => stopTarget(container, context.pod.stopGracePeriodMs));
    actions.push({ type: 'stop-containers', reason: first.reason, containers });
  }
  for (const { container, reason } of leaving) {
    actions.push({ type: 'remove-container', reason, id: container.id, name: container.name });
  }
  return actions;
}

/** What is to be made has its secrets before anything makes way for it, as it has its image. */
function secretActions(steps: readonly ContainerStep[]): readonly Action[] {
  const needed = steps.flatMap(({ need, reason, desired }) =>
    need === 'create' && reason !== undefined && desired.plan.secrets !== undefined
      ? [{ reason, secrets: desired.plan.secrets }]
      : [],
  );
  const [first] = needed;
  if (first === undefined) return [];
  const containers = needed.map(({ secrets }) => secrets);
  return [{ type: 'resolve-secrets', reason: first.reason, containers }];
}

/** The registrations that would point at something stopped: those of the slot, unless only a sidecar leaves. */
function affectedServices(
  context: SlotContext,
  leaving: readonly Leaving[],
): readonly { readonly id: string }[] {
  const roles = new Map(context.pod.containers.map((container) => [container.name, container.role]));
  const onlySidecars = leaving.every(({ container }) => roles.get(container.container) === 'sidecar');
  return onlySidecars ? [] : context.view.services;
}

/** What gives a slot its network. */
export interface NetworkWork {
  readonly actions: readonly Action[];
  readonly subnet?: string;
  readonly obstacle?: string;
}

/** The network of a slot, if it is not there. */
export function networkWork(context: SlotContext, reason: Reason = 'network-missing'): NetworkWork {
  const { view, ledger, snapshot } = context;
  if (view.network !== undefined) return { actions: [] };
  const subnet = ledger.takeSubnet(
    `${view.id}#${currentFailure(context)?.attempts ?? 0}`,
    context.pod.containers.length,
  );
  if (subnet === undefined) {
    return { actions: [], obstacle: `no free subnet is left in ${snapshot.host.podSubnets.range}` };
  }
  const labels = {
    [LABELS.host]: snapshot.host.name,
    [LABELS.pod]: view.ref.pod,
    [LABELS.index]: String(view.ref.index),
  };
  const name = slotName(view.ref);
  return { actions: [{ type: 'create-network', reason, name, subnet, labels }], subnet };
}

function startActions(context: SlotContext, step: ContainerStep, assigned: Assigned): readonly Action[] {
  const { desired, reason, current } = step;
  if (step.need === 'nothing' || reason === undefined) return [];
  const { secrets } = desired.plan;
  if (step.need === 'refresh') {
    if (current === undefined || secrets === undefined) return [];
    return [{ type: 'refresh-files', reason, id: current.id, name: current.name, secrets }];
  }
  const given = secrets === undefined ? {} : { secrets };
  const waits = desired.spec.dependsOn
    .filter((dependency) => dependency.condition !== 'started')
    .map((dependency): Action => ({
      type: 'await-container',
      reason,
      name: dependency.container,
      condition: dependency.condition === 'healthy' ? 'healthy' : 'completed',
    }));
  if (step.need !== 'create' && current !== undefined) {
    return [...waits, { type: 'start-container', reason, name: current.name, ...given }];
  }
  const container = withAssigned(desired, assigned, context.snapshot.host);
  const completion: readonly Action[] =
    desired.spec.role === 'startup'
      ? [{ type: 'await-container', reason, name: desired.spec.name, condition: 'completed' }]
      : [];
  return [
    ...waits,
    { type: 'create-container', reason, container },
    { type: 'start-container', reason, name: container.name, ...given },
    ...completion,
  ];
}

function serviceActions(
  context: SlotContext,
  leaving: readonly Leaving[],
  hostPorts: ReadonlyMap<string, PortMap>,
): readonly Action[] {
  const { view, pod, revision, snapshot } = context;
  const running = leaving.filter(({ container }) => isRunning(container));
  const leavingServices = new Set(
    running.length === 0 ? [] : affectedServices(context, running).map((service) => service.id),
  );
  // What is free is taken first, under an epoch that nobody knows yet.
  const epoch = view.claim?.session === undefined ? undefined : view.claim.epoch;
  const desired = desiredServices({ pod, revision, slot: view.ref, host: snapshot.host, epoch, hostPorts });
  const wanted = new Set(desired.map((service) => service.id));
  const orphaned = view.services
    .filter((service) => !wanted.has(service.id) && !leavingServices.has(service.id))
    .map((service): Action => ({ type: 'deregister-service', reason: 'service-orphaned', id: service.id }));
  const registrations = desired.flatMap((service): readonly Action[] => {
    const observed = view.services.find((candidate) => candidate.id === service.id);
    if (observed === undefined || leavingServices.has(service.id)) {
      return [{ type: 'register-service', reason: 'service-missing', service }];
    }
    return sameService(service, observed)
      ? []
      : [{ type: 'register-service', reason: 'service-changed', service }];
  });
  return [...orphaned, ...registrations];
}

function claimActions(context: SlotContext): readonly Action[] {
  const { claim } = context.view;
  if (claim?.session === undefined || claim.revision === context.revision) return [];
  return [
    {
      type: 'update-claim',
      reason: 'revision-changed',
      revision: context.revision,
      session: claim.session,
      since: claim.since,
    },
  ];
}
