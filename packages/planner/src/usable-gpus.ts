import type { Gpu } from '@raftainer/constraints';

/**
 * The devices that containers can be given: Docker hands out those of NVIDIA's driver by a request, and one whose memory
 * the driver does not report is not in its hands.
 */
export function usableGpus(gpus: readonly Gpu[]): readonly Gpu[] {
  return gpus.filter(({ vendor, vramBytes }) => vendor === 'nvidia' && vramBytes > 0);
}
