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
  secrets: {
    container: 'app',
    environment: { PASSWORD: { vault: { path: 'kv/web', key: 'p' } } },
    files: [],
  },
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
  const { container: _, epochVariables: __, secrets: ___, env, labels, ...rest } = plan;
  const secrets = { environment: { PASSWORD: 'x' }, mounts: [{ source: '/memory/a', target: '/run/a' }] };
  expect(containerSpec(plan, { epoch: 7, secrets })).toEqual({
    ...rest,
    gpus: [1],
    env: { ...env, RAFTAINER_EPOCH: '7', TOKEN: '7', PASSWORD: 'x' },
    mounts: [...plan.mounts, { type: 'bind', source: '/memory/a', target: '/run/a', readOnly: true }],
    labels: { ...labels, 'raftainer.epoch': '7' },
  });
});

it('leaves the check of the image alone where the plan says nothing of one', () => {
  const { healthCheck: _, ...unchecked } = plan;
  expect(containerSpec(unchecked, { epoch: 7 })).not.toHaveProperty('healthCheck');
  expect(containerSpec({ ...plan, healthCheck: 'none' }, { epoch: 7 }).healthCheck).toBe('none');
});
