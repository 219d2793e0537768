import type { ResourceRequest } from '@raftainer/constraints';
import type { Container, Pod } from '@raftainer/pod-spec';

/**
 * What a pod asks of its host: the sum over the containers that run at the same time. GPUs are not in it: each
 * container asks for devices of its own kind.
 */
export function resourceRequest(pod: Pod): ResourceRequest {
  const running = pod.containers.filter((container) => container.role !== 'startup');
  const sum = (pick: (container: Container) => number | undefined): number | undefined => {
    const total = running.reduce((all, container) => all + (pick(container) ?? 0), 0);
    return total === 0 ? undefined : total;
  };
  return {
    cpu: sum((container) => container.resources.cpu),
    memoryBytes: sum((container) => container.resources.memoryBytes),
    pids: sum((container) => container.resources.pids),
  };
}
