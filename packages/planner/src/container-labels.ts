import { LABELS } from './labels.js';
import { probeCheckOf } from './probe-check.js';

import type { ContainerContext } from './desired-container.js';
import type { Container, Pod } from '@raftainer/pod-spec';

/** What a container remembers of its definition, for whoever finds it. */
export function labelsOf(
  context: ContainerContext,
  spec: Container,
  configHash: string,
): Record<string, string> {
  const check = probeCheckOf(spec);
  return {
    ...context.pod.labels,
    [LABELS.host]: context.host.name,
    [LABELS.pod]: context.slot.pod,
    [LABELS.index]: String(context.slot.index),
    [LABELS.container]: spec.name,
    [LABELS.role]: spec.role,
    [LABELS.revision]: context.revision,
    [LABELS.config]: configHash,
    [LABELS.stopGracePeriod]: String(context.pod.stopGracePeriodMs),
    ...(isFenced(context.pod) ? { [LABELS.fenced]: 'true' } : {}),
    ...(check === undefined ? {} : { [LABELS.check]: JSON.stringify(check) }),
  };
}

/** Whether the pod's containers are stopped when its claim can no longer be proven. */
export function isFenced({ exclusive, onDisconnect }: Pick<Pod, 'exclusive' | 'onDisconnect'>): boolean {
  return exclusive && onDisconnect === 'stop';
}
