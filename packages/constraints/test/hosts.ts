import type { Gpu, HostFacts } from '@raftainer/constraints';

export const GIB = 1024 ** 3;

export const smallGpu: Gpu = {
  id: '0000:01:00.0',
  vendor: 'nvidia',
  model: 'NVIDIA T4',
  vramBytes: 16 * GIB,
};
export const largeGpu: Gpu = {
  id: '0000:02:00.0',
  vendor: 'nvidia',
  model: 'NVIDIA A100-SXM4-40GB',
  vramBytes: 40 * GIB,
};
export const muteGpu: Gpu = { id: '0000:03:00.0', vendor: 'amd', model: 'Radeon Pro', vramBytes: 0 };

/** An ordinary server, without a region and with a few labels. */
export const server: HostFacts = {
  hostname: 'host-1',
  cpu: { cores: 8, architecture: 'amd64', model: 'AMD EPYC 7282' },
  memory: { totalBytes: 32 * GIB },
  disk: { totalBytes: 500 * GIB, freeBytes: 100 * GIB },
  os: { platform: 'linux', distribution: 'Ubuntu', version: '22.04' },
  kernel: { version: '6.18.44-fc-v782' },
  labels: { zone: 'eu-1', rack: '12', ssd: 'true', cache: '64Gi', app: 'v1.4.0-rc.1' },
  gpus: [],
};
