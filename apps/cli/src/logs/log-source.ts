import type { ContainerSummary, Docker } from '@raftainer/docker';
import type { SlotId } from '@raftainer/pod-spec';
import { slotIdOf } from '@raftainer/pod-spec';
import { LABELS } from '@raftainer/planner';
import type { LogTarget } from './log-target.js';

/** A container on this host's engine whose logs are asked for. */
export interface LogSource {
  readonly id: string;
  readonly slot: SlotId;
  readonly pod: string;
  readonly index: number;
  /** Its name in the definition. */
  readonly container: string;
  readonly isRunning: boolean;
  readonly createdAt: number;
}

/** The containers of the target on this engine, the stopped ones too, the oldest first. */
export async function findLogSources(
  docker: Docker,
  target: LogTarget,
  signal: AbortSignal,
): Promise<readonly LogSource[]> {
  const containers = await docker.containers.list({ labels: labelsOf(target), signal });
  return containers.flatMap(toSource).sort((a, b) => a.createdAt - b.createdAt);
}

/** The labels that the target's containers carry. */
export function labelsOf({ pod, index, container }: LogTarget): Readonly<Record<string, string>> {
  return {
    [LABELS.pod]: pod,
    ...(index === undefined ? {} : { [LABELS.index]: String(index) }),
    ...(container === undefined ? {} : { [LABELS.container]: container }),
  };
}

function toSource({ id, labels, state, createdAt }: ContainerSummary): readonly LogSource[] {
  const { [LABELS.pod]: pod, [LABELS.index]: index, [LABELS.container]: container } = labels;
  if (pod === undefined || index === undefined || container === undefined) {
    return [];
  }
  const slot = slotIdOf({ pod, index: Number(index) });
  return [{ id, slot, pod, index: Number(index), container, isRunning: state === 'running', createdAt }];
}
