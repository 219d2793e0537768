import type { Gpu } from './host-facts.js';
import type { GpuRequest } from './requirements.js';

/**
 * Picks devices for a request: exactly `count` of those that are free and fit, the smallest first so that large ones stay for
 * requests that need them, then by id. The order of `gpus` does not matter.
 *
 * @param taken ids of devices that are not free
 * @returns ids, or undefined when too few fit or the count is not a whole number from 0 up.
 */
export function assignGpus(
  request: GpuRequest,
  gpus: readonly Gpu[],
  taken: Iterable<string> = [],
): readonly string[] | undefined {
  if (!Number.isSafeInteger(request.count) || request.count < 0) return undefined;
  const fitting = freeGpus(gpus, taken).filter((gpu) => gpuFits(request, gpu));
  if (fitting.length < request.count) return undefined;
  return [...fitting]
    .sort(bySizeThenId)
    .slice(0, request.count)
    .map((gpu) => gpu.id);
}

/** Whether a device has the model and the memory that a request asks for. Both sides are bytes. */
export function gpuFits(request: GpuRequest, gpu: Gpu): boolean {
  return hasModel(request, gpu) && gpu.vramBytes >= (request.minVramBytes ?? 0);
}

/** Whether the model's name contains the part asked for. */
export function hasModel(request: GpuRequest, gpu: Gpu): boolean {
  return request.model === undefined || gpu.model.toLowerCase().includes(request.model.toLowerCase());
}

/** The devices that nobody has taken, each id once. */
export function freeGpus(gpus: readonly Gpu[], taken: Iterable<string>): readonly Gpu[] {
  const gone = new Set(taken);
  return gpus.filter((gpu) => {
    const free = !gone.has(gpu.id);
    gone.add(gpu.id);
    return free;
  });
}

function bySizeThenId(a: Gpu, b: Gpu): number {
  return a.vramBytes - b.vramBytes || (a.id < b.id ? -1 : 1);
}
