import { bindAddress } from './desired-container.js';
import { portKey, publishedPorts } from './ports.js';
import { slotHealth } from './slot-health.js';
import { currentFailure } from './slot-context.js';

import type { ContainerStep } from './container-step.js';
import type { ContainerStatusPlan, SlotPhase, SlotStatusPlan } from './plan.js';
import type { StatusHint } from './reconcile-held.js';
import type { SlotContext } from './slot-context.js';
import type { ContainerView } from './snapshot.js';

/** What is published about a slot that this host holds. */
export function slotStatus(
  context: SlotContext,
  steps: readonly ContainerStep[],
  hint: StatusHint = {},
): SlotStatusPlan {
  const health = slotHealth(steps);
  const busy = context.snapshot.busy.get(context.view.id);
  const failure = currentFailure(context);
  const phase = hint.phase ?? busyPhase(busy?.action) ?? HEALTH_PHASES[health.state];
  const message =
    hint.message ??
    busy?.message ??
    (phase === 'unhealthy' || phase === 'starting' ? health.note : undefined);
  const secrets = context.snapshot.secrets.get(context.view.id)?.uses ?? [];
  return {
    phase,
    revision: context.view.claim?.revision ?? context.revision,
    epoch: context.view.claim?.epoch ?? 0,
    containers: steps.flatMap((step) => containerStatus(context, step)),
    failures: failure?.attempts ?? 0,
    ...(failure === undefined ? {} : { reason: failure.code }),
    ...(message === undefined ? {} : { message }),
    ...(secrets.length === 0 ? {} : { secrets }),
  };
}

const HEALTH_PHASES = {
  healthy: 'healthy',
  running: 'running',
  starting: 'starting',
  unhealthy: 'unhealthy',
  down: 'pending',
} as const satisfies Readonly<Record<string, SlotPhase>>;

function busyPhase(action: string | undefined): SlotPhase | undefined {
  if (action === undefined) return undefined;
  if (action === 'ensure-image') return 'pulling';
  return action === 'stop-containers' ? 'stopping' : 'starting';
}

function containerStatus(context: SlotContext, step: ContainerStep): readonly ContainerStatusPlan[] {
  const observed = step.current ?? step.replaced[0];
  if (observed === undefined) return [];
  return [
    {
      name: observed.container,
      id: observed.id.slice(0, 12),
      image: observed.image,
      state: observed.state,
      health: observed.health,
      ...(observed.exitCode === undefined ? {} : { exitCode: observed.exitCode }),
      ports: portsOf(context, step, observed),
    },
  ];
}

function portsOf(
  context: SlotContext,
  step: ContainerStep,
  observed: ContainerView,
): ContainerStatusPlan['ports'] {
  return publishedPorts(step.desired.spec).flatMap((port) => {
    const hostPort = observed.hostPorts[portKey(port)];
    if (hostPort === undefined) return [];
    const { name, containerPort, protocol } = port;
    return [{ name, containerPort, protocol, hostIp: bindAddress(port, context.snapshot.host), hostPort }];
  });
}
