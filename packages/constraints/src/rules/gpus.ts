import { assignGpus, freeGpus, gpuFits, hasModel } from '../assign-gpus.js';
import { formatBytes } from '../bytes.js';
import type { Gpu } from '../host-facts.js';
import type { GpuRequest } from '../requirements.js';
import { NO_FAILURES } from './rule.js';
import type { Rule } from './rule.js';

/** Devices that are free and fit, as {@link assignGpus} would pick them. */
export const gpus: Rule = {
  name: 'gpus',
  check: ({ requirements, host }) => {
    const request = requirements.resources?.gpus;
    if (request === undefined) return NO_FAILURES;
    const taken = host.allocated?.gpus ?? [];
    if (assignGpus(request, host.facts.gpus, taken) !== undefined) return NO_FAILURES;
    const free = freeGpus(host.facts.gpus, taken);
    const fitting = free.filter((gpu) => gpuFits(request, gpu)).length;
    const message = explained(request, host.facts.gpus, free);
    return [
      {
        rule: 'gpus',
        attribute: 'available.gpus',
        operator: '>=',
        required: request,
        actual: fitting,
        message,
      },
    ];
  },
};

function explained(request: GpuRequest, all: readonly Gpu[], free: readonly Gpu[]): string {
  if (!Number.isSafeInteger(request.count) || request.count < 0) {
    return `gpus: ${request.count} requested, which is not a whole number from 0 up`;
  }
  const otherModel = free.filter((gpu) => !hasModel(request, gpu)).length;
  const fitting = free.filter((gpu) => gpuFits(request, gpu)).length;
  const reasons = [
    [all.length - free.length, 'taken'],
    [otherModel, 'of another model'],
    [free.length - otherModel - fitting, 'with too little VRAM, or none known'],
  ] as const;
  const counted = reasons.filter(([count]) => count > 0).map(([count, reason]) => `${count} ${reason}`);
  const rest = [`${all.length} in all`, ...counted].join(', ');
  return `gpus: ${described(request)} requested, ${fitting} available (${rest})`;
}

function described({ count, model, minVramBytes }: GpuRequest): string {
  const parts = [
    String(count),
    ...(model === undefined ? [] : [`of model "${model}"`]),
    ...(minVramBytes === undefined ? [] : [`with at least ${formatBytes(minVramBytes)} of VRAM each`]),
  ];
  return parts.join(' ');
}
