import { fixedPorts, hostPortKey } from '../ports.js';
import { resourceRequest } from '../resource-request.js';

import type { GpuRequest } from '@raftainer/constraints';
import type { Pod } from '@raftainer/pod-spec';

/** CPU is counted in billionths of a core, as Docker does, so that sums are exact. */
export const CPU_UNITS = 1e9;

/** What one slot of a pod takes from its host, in the units of the books. */
export interface Demand {
  /** Billionths of a core. */
  readonly cpu: number;
  readonly memoryBytes: number;
  /** Devices of all containers together. */
  readonly gpus: number;
  readonly gpuRequests: readonly GpuRequest[];
  /** Fixed ports of the host, such as `53/udp`. */
  readonly hostPorts: readonly string[];
}

/** Reads the demand off a definition. */
export function demandOf(pod: Pod): Demand {
  const { cpu = 0, memoryBytes = 0 } = resourceRequest(pod);
  // A startup container keeps its devices for as long as it exists, like any other.
  const gpuRequests = pod.containers.flatMap(({ resources }) => resources.gpus ?? []);
  return {
    cpu: Math.round(cpu * CPU_UNITS),
    memoryBytes,
    gpus: gpuRequests.reduce((sum, { count }) => sum + count, 0),
    gpuRequests,
    hostPorts: pod.containers.flatMap((container) => fixedPorts(container).map(hostPortKey)),
  };
}
