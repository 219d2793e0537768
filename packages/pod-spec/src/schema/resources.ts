import { LIMITS } from '../limits.js';
import { decimal, size, whole } from './quantity.js';
import { strict } from './strict.js';
import { text } from './text.js';

import type { GpuRequest, Resources } from '../types.js';

const MIB = 1024 ** 2;

const gpus = strict({
  count: whole(1, 64).describe('How many.'),
  minVram: size()
    .optional()
    .describe('Memory that each must have at least.')
    .meta({ examples: ['16Gi'] }),
  model: text()
    .max(LIMITS.entries)
    .optional()
    .describe("Part of the model's name; case does not matter.")
    .meta({ examples: ['A100'] }),
})
  .meta({ id: 'Gpus', title: 'GPUs', description: 'GPUs, assigned as devices.' })
  .transform(({ minVram, ...rest }): GpuRequest =>
    minVram === undefined ? rest : { ...rest, minVramBytes: minVram },
  );

const fields = strict({
  cpu: decimal(0.01, 1024)
    .optional()
    .describe('Cores.')
    .meta({ examples: [0.5, 2] }),
  memory: size({ min: 6 * MIB, minText: '6Mi, the least that Docker takes' })
    .optional()
    .describe('Memory. A container that wants more is killed.')
    .meta({ examples: ['256Mi'] }),
  pids: whole(1, 4_194_304)
    .optional()
    .describe('Most processes and threads.')
    .meta({ examples: [200] }),
  shm: size()
    .optional()
    .describe('Size of /dev/shm; 64 MiB when absent.')
    .meta({ examples: ['1Gi'] }),
  gpus: gpus.optional().describe('GPUs.'),
}).meta({
  id: 'Resources',
  title: 'Resources',
  description:
    'What a container may use. A request is also the limit: a host takes a slot only when it has that much left.',
});

/** What a container may use; absent means no limit. */
export const resources = fields.prefault({}).transform(({ memory, shm, ...rest }): Resources => ({
  ...rest,
  ...(memory === undefined ? {} : { memoryBytes: memory }),
  ...(shm === undefined ? {} : { shmBytes: shm }),
}));
