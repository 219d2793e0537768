import { slotIdOf } from '@raftainer/pod-spec';
import { LABELS, probeCheckOf, readProbeCheck, slotName } from '@raftainer/planner';

import type { ProbeTarget } from './prober.js';
import type { ContainerSummary } from '@raftainer/docker';
import type { PodView, ProbeCheck } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';

/** What is wanted, and what has been done about it. */
export interface KnownDefinitions {
  readonly pods: ReadonlyMap<string, PodView>;
  /** Revisions that were applied, by the claims. */
  readonly applied: ReadonlyMap<SlotId, string>;
}

/** The running containers that the agent checks itself, each by the check that it was made for. */
export function probeTargets(
  containers: readonly ContainerSummary[],
  known: KnownDefinitions,
): readonly ProbeTarget[] {
  return containers.flatMap((container) => targetOf(container, known) ?? []);
}

/** Running containers whose check cannot be told at the moment: the one that is known goes on. */
export function undefinedContainers(
  containers: readonly ContainerSummary[],
  known: KnownDefinitions,
): readonly string[] {
  return containers
    .filter(
      (container) =>
        container.state === 'running' && madeFor(container) === undefined && isOutdated(container, known),
    )
    .map(({ id }) => id);
}

function targetOf(container: ContainerSummary, known: KnownDefinitions): ProbeTarget | undefined {
  if (container.state !== 'running') return undefined;
  const check = madeFor(container) ?? definedCheck(container, known);
  if (check === undefined) return undefined;
  const slot = { pod: container.labels[LABELS.pod] ?? '', index: Number(container.labels[LABELS.index]) };
  const network = slotName(slot);
  const address = container.networks.find((candidate) => candidate.name === network)?.ipAddress;
  return address === undefined ? undefined : { id: container.id, address, check };
}

function madeFor({ labels }: ContainerSummary): ProbeCheck | undefined {
  return readProbeCheck(labels[LABELS.check]);
}

/** Of containers from before the label: what the definition says, when it is the one that was applied. */
function definedCheck(container: ContainerSummary, known: KnownDefinitions): ProbeCheck | undefined {
  const view = known.pods.get(container.labels[LABELS.pod] ?? '');
  if (view?.state !== 'valid' || isOutdated(container, known)) return undefined;
  const spec = view.pod.containers.find(({ name }) => name === container.labels[LABELS.container]);
  return spec === undefined ? undefined : probeCheckOf(spec);
}

/** The definition is unreadable, or another one than that which was applied to the slot. */
function isOutdated({ labels }: ContainerSummary, { pods, applied }: KnownDefinitions): boolean {
  const pod = labels[LABELS.pod] ?? '';
  const view = pods.get(pod);
  if (view === undefined) return false;
  const revision = applied.get(slotIdOf({ pod, index: Number(labels[LABELS.index]) }));
  return view.state === 'invalid' || (revision !== undefined && view.revision !== revision);
}
