import { z } from 'zod';

import { LIMITS } from '../limits.js';
import { decimal, duration, whole } from './quantity.js';
import { strict } from './strict.js';
import { pattern } from './text.js';

import type { Backoff, RestartPolicy, UpdateStrategy } from '../types.js';

/** When a periodic pod runs. */
export const schedule = strict({
  cron: pattern(/\S/, 'a cron expression of five or six fields', '0 3 * * *')
    .describe('Cron expression of five fields, or six with seconds first.')
    .meta({ examples: ['0 3 * * *'] }),
  timeZone: pattern(/\S/, 'an IANA time zone', 'Europe/Berlin')
    .default('UTC')
    .describe('IANA time zone of the expression.')
    .meta({ examples: ['Europe/Berlin'] }),
  overlap: z
    .enum(['allow', 'forbid', 'replace'])
    .default('forbid')
    .describe('When a run is due while the last one still runs: run both, skip it, or end the old one.'),
}).meta({ id: 'Schedule', title: 'Schedule', description: 'When a periodic pod runs.' });

/** How a changed definition is rolled out. */
export const update = strict({
  strategy: z
    .enum(['stop-first', 'start-first'])
    .default('stop-first')
    .describe(
      'Whether the old copy of a slot ends before or after the new one is healthy. `start-first` needs `exclusive: false`.',
    ),
  maxParallel: whole(1, LIMITS.instances).default(1).describe('Slots that change at the same time.'),
  canary: whole(0, LIMITS.instances)
    .default(0)
    .describe('Slots that try a new revision before all others; 0 for none.'),
  minHealthyTime: duration()
    .prefault('10s')
    .describe('A slot counts as updated once it has been healthy for so long.'),
  healthyDeadline: duration().prefault('5m').describe('A slot that is not healthy by then has failed.'),
  progressDeadline: duration()
    .prefault('10m')
    .describe('A rollout in which no slot was updated for so long has failed.'),
  autoRevert: z.boolean().default(false).describe('Go back to the last good revision when a rollout fails.'),
})
  .meta({ id: 'Update', title: 'Update', description: 'How a changed definition is rolled out.' })
  .transform(({ minHealthyTime, healthyDeadline, progressDeadline, ...rest }): UpdateStrategy => ({
    ...rest,
    minHealthyTimeMs: minHealthyTime,
    healthyDeadlineMs: healthyDeadline,
    progressDeadlineMs: progressDeadline,
  }));

const backoff = strict({
  factor: decimal(1, 10).default(2).describe('Each delay is the last one times this.'),
  maxDelay: duration().prefault('1m').describe('Delays grow no further than this.'),
})
  .meta({ id: 'Backoff', title: 'Backoff', description: 'How the restart delay grows with each failure.' })
  .prefault({})
  .transform(({ maxDelay, factor }): Backoff => ({ factor, maxDelayMs: maxDelay }));

/** What happens when a container ends that should run. */
export const restart = strict({
  attempts: whole(0, 1000)
    .default(10)
    .describe('Restarts within `interval` before the slot has failed on this host.'),
  interval: duration().prefault('10m').describe('The time over which restarts are counted.'),
  delay: duration().prefault('1s').describe('Delay before the first restart.'),
  backoff: backoff.describe('How the delay grows with each failure.'),
})
  .meta({
    id: 'Restart',
    title: 'Restart',
    description: 'What happens when a container ends that should run.',
  })
  .prefault({})
  .transform(({ interval, delay, ...rest }): RestartPolicy => ({
    ...rest,
    intervalMs: interval,
    delayMs: delay,
  }));
