import { expect, it } from 'vitest';

import { containerSpec } from './container-spec.js';

import type { ContainerPlan } from '@raftainer/planner';

/** Every field is set, so that one which is forgotten on the way shows. */
const plan: Required<ContainerPlan> = {
  name: 'raftainer-web-0-app-0123abcd',
  container: 'app',
  image: 'web:1',
  command: ['serve'],
  entrypoint: ['/bin/web'],
  user: '1000',
  workingDir: '/srv',
  env: { COLOUR: 'blue' },
  epochVariables: ['RAFTAINER_EPOCH', 'TOKEN'],
  labels: { 'raftainer.pod': 'web' },
  network: 'raftainer-web-0',
  networkAliases: ['app'],
  ports: [{ containerPort: 80, protocol: 'tcp', hostIp: '10.0.0.1', hostPort: 20_000 }],
  mounts: [{ type: 'tmpfs', target: '/tmp', sizeBytes: 1024 }],
  resources: { cpu: 0.5, memoryBytes: 2 ** 20, pids: 10, shmBytes: 2 ** 16 },
  gpus: [{ id: '0000:07:00.0', index: 1 }],
  capAdd: ['NET_ADMIN'],
  capDrop: ['ALL'],
  privileged: true,
  readOnly: true,
  securityOpt: ['no-new-privileges'],
  healthCheck: { command: ['true'], intervalMs: 1, timeoutMs: 2, retries: 3, startPeriodMs: 4 },
  logging: { driver: 'json-file', options: { 'max-size': '1m' } },
  ulimits: [{ name: 'nofile', soft: 1, hard: 2 }],
  init: true,
  extraHosts: ['db:10.0.0.7'],
  dns: ['10.0.0.53'],
  stopSignal: 'SIGINT',
  hostname: 'app',
};

it('passes on all of the plan, completed with the epoch', () => {
  const { container: _, epochVariables: __, env, labels, ...rest } = plan;
  expect(containerSpec(plan, 7)).toEqual({
    ...rest,
    gpus: [1],
    env: { ...env, RAFTAINER_EPOCH: '7', TOKEN: '7' },
    labels: { ...labels, 'raftainer.epoch': '7' },
  });
});

it('leaves the check of the image alone where the plan says nothing of one', () => {
  const { healthCheck: _, ...unchecked } = plan;
  expect(containerSpec(unchecked, 7)).not.toHaveProperty('healthCheck');
  expect(containerSpec({ ...plan, healthCheck: 'none' }, 7).healthCheck).toBe('none');
});
