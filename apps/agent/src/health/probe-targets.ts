import { LABELS, slotName } from '@raftainer/planner';

import type { ProbeTarget } from './prober.js';
import type { ContainerSummary } from '@raftainer/docker';
import type { PodView } from '@raftainer/planner';

/** The running containers whose definition asks for an HTTP or TCP check. */
export function probeTargets(
  containers: readonly ContainerSummary[],
  pods: ReadonlyMap<string, PodView>,
): readonly ProbeTarget[] {
  return containers.flatMap((container) => targetOf(container, pods) ?? []);
}

/** Running containers whose definition cannot be read at the moment: the check that is known goes on. */
export function undefinedContainers(
  containers: readonly ContainerSummary[],
  pods: ReadonlyMap<string, PodView>,
): readonly string[] {
  return containers
    .filter(
      ({ state, labels }) => state === 'running' && pods.get(labels[LABELS.pod] ?? '')?.state === 'invalid',
    )
    .map(({ id }) => id);
}

function targetOf(container: ContainerSummary, pods: ReadonlyMap<string, PodView>): ProbeTarget | undefined {
  if (container.state !== 'running') return undefined;
  const pod = container.labels[LABELS.pod] ?? '';
  const view = pods.get(pod);
  if (view?.state !== 'valid') return undefined;
  const spec = view.pod.containers.find((candidate) => candidate.name === container.labels[LABELS.container]);
  const check = spec?.healthCheck;
  if (check === undefined || check.type === 'exec' || check.type === 'docker') return undefined;
  const network = slotName({ pod, index: Number(container.labels[LABELS.index]) });
  const address = container.networks.find((candidate) => candidate.name === network)?.ipAddress;
  return address === undefined ? undefined : { id: container.id, address, check };
}
