import { z } from 'zod';

import { LIMITS } from '../limits.js';
import { filledList, list, map } from './collections.js';
import { container } from './container.js';
import { restart, schedule, update } from './lifecycle.js';
import { placement } from './placement.js';
import { duration, whole } from './quantity.js';
import { roleName } from './secret-reference.js';
import { strict } from './strict.js';
import { anyText, dnsLabel, pattern } from './text.js';
import { podVolume } from './volumes.js';

import type { Pod } from '../types.js';

const labelKey = pattern(/^[A-Za-z0-9](?:[\w./-]*[A-Za-z0-9])?$/, 'a label key', 'com.example.team').regex(
  /^(?!raftainer(?:\.|$))/,
  { error: 'begins with "raftainer", which is kept for the labels of the agent' },
);

const podVault = strict({
  role: roleName().describe('Token role of Vault. Each slot gets a token of its own, made with this role.'),
}).meta({
  id: 'PodVault',
  title: 'Pod vault',
  description: 'What the pod may read from Vault: a token role, whose policies bound it.',
});

const fields = strict({
  name: dnsLabel(LIMITS.podName)
    .describe('Names the pod everywhere: its key in Consul, its Docker objects, its Consul service.')
    .meta({ examples: ['web'] }),
  kind: z
    .enum(['service', 'job', 'periodic', 'system'])
    .default('service')
    .describe(
      '`service`: runs for ever; `job`: runs once to completion; `periodic`: a job on a `schedule`; `system`: one on every matching host.',
    ),
  instances: whole(0, LIMITS.instances)
    .default(1)
    .describe('Slots (numbered instances) that run at once; 0 stops the pod and keeps it.'),
  schedule: schedule.optional().describe('When to run; only, and always, for `kind: periodic`.'),
  ...placement,
  exclusive: z
    .boolean()
    .default(true)
    .describe('At most one live copy of each slot, at the price of a slower failover.'),
  onDisconnect: z
    .enum(['stop', 'keep'])
    .default('stop')
    .describe('An exclusive pod whose claim can no longer be proven: stop it, or keep it running.'),
  update: update.optional().describe('How a changed definition is rolled out.'),
  restart: restart.describe('What happens when a container ends that should run.'),
  stopGracePeriod: duration()
    .prefault('10s')
    .describe('Time between the stop signal and SIGKILL.')
    .meta({ examples: ['1m'] }),
  volumes: list(podVolume).describe('Volumes that the containers share by name.'),
  labels: map(labelKey, anyText())
    .describe('Labels put on every container of the pod.')
    .meta({ examples: [{ 'com.example.team': 'shop' }] }),
  vault: podVault.optional().describe('How its secrets are read; as the agent itself may when absent.'),
  containers: filledList(container, LIMITS.containers).describe(
    'The containers; at least one of them not `startup`.',
  ),
}).meta({
  id: 'Pod',
  title: 'Pod',
  description: 'A group of containers that share a private network and run together on one host.',
});

/** What a user writes, turned into the parsed form. Rules between fields are in `checks/`. */
export const podSchema: z.ZodType<Pod> = fields.transform(({ stopGracePeriod, ...rest }): Pod => ({
  ...rest,
  stopGracePeriodMs: stopGracePeriod,
}));
