import type { ContainerStep } from './container-step.js';
import type { Reason } from './reason.js';
import type { ContainerView } from './snapshot.js';
import type { SlotContext } from './slot-context.js';

/** A container that stops, and why. */
export interface Leaving {
  readonly container: ContainerView;
  readonly reason: Reason;
}

/** The containers that make way, or that no definition asks for any more. */
export function leavingContainers(context: SlotContext, steps: readonly ContainerStep[]): readonly Leaving[] {
  const replaced = steps.flatMap((step) =>
    step.replaced.map((container) => ({
      container,
      reason: step.reason ?? ('container-duplicate' as const),
    })),
  );
  const known = new Set(steps.map((step) => step.desired.spec.name));
  const dropped = context.view.containers
    .filter((container) => !known.has(container.container))
    .map((container) => ({ container, reason: 'container-dropped' as const }));
  return [...replaced, ...dropped];
}

/** Containers that stop, and stay to be started again. */
export function restarting(steps: readonly ContainerStep[]): readonly Leaving[] {
  return steps.flatMap(({ need, reason, current }) =>
    need === 'restart' && reason !== undefined && current !== undefined
      ? [{ container: current, reason }]
      : [],
  );
}
