import type { Action, StopTarget } from './action.js';
import type { Reason } from './reason.js';
import type { ContainerView } from './snapshot.js';
import type { SlotView } from './world.js';

/** Time between the stop signal and SIGKILL when neither a definition nor a label says it, in milliseconds. */
export const DEFAULT_STOP_GRACE_PERIOD_MS = 10_000;

/**
 * Takes a slot down: out of discovery first, then the containers gracefully, then the network, and only
 * when all is gone the claim.
 */
export function teardown(
  view: SlotView,
  reason: Reason,
  claim: { readonly held: boolean; readonly forget: boolean; readonly gracePeriodMs?: number },
): readonly Action[] {
  const running = view.containers.filter(isRunning);
  const actions: Action[] = view.services.map((service) => ({
    type: 'deregister-service',
    reason,
    id: service.id,
  }));
  if (running.length > 0) {
    const containers = running.map((container) => stopTarget(container, claim.gracePeriodMs));
    actions.push({ type: 'stop-containers', reason, containers });
  }
  for (const { id, name } of view.containers) actions.push({ type: 'remove-container', reason, id, name });
  if (view.network !== undefined) {
    actions.push({ type: 'remove-network', reason, id: view.network.id, name: view.network.name });
  }
  if (claim.held || claim.forget)
    actions.push({
      type: 'release-claim',
      reason,
      forget: claim.forget,
      ...(claim.held ? { session: view.claim?.session } : {}),
    });
  return actions;
}

/** Whether a container has a process that must be asked to stop. */
export function isRunning(container: ContainerView): boolean {
  return container.state === 'running' || container.state === 'paused' || container.state === 'restarting';
}

/** How an observed container is stopped; Docker keeps the stop signal it was created with. */
export function stopTarget(container: ContainerView, gracePeriodMs: number | undefined): StopTarget {
  const { id, name, stopGracePeriodMs = DEFAULT_STOP_GRACE_PERIOD_MS } = container;
  return { id, name, gracePeriodMs: gracePeriodMs ?? stopGracePeriodMs };
}
