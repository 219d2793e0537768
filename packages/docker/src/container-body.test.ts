import { describe, expect, it } from 'vitest';
import { containerBody } from './container-body.js';

/** As it is sent: without undefined fields. */
function sent(spec: Parameters<typeof containerBody>[0]): Record<string, unknown> {
  return JSON.parse(JSON.stringify(containerBody(spec))) as Record<string, unknown>;
}

describe('containerBody', () => {
  it('leaves everything that is not given to image and engine, but never restarts', () => {
    expect(sent({ name: 'web', image: 'web:1' })).toEqual({
      Image: 'web:1',
      ExposedPorts: {},
      HostConfig: { RestartPolicy: { Name: 'no' }, PortBindings: {} },
    });
  });

  it('asks for GPUs one by one, and for none when there are none', () => {
    const requests = (gpus: readonly number[]): unknown =>
      (sent({ name: 'web', image: 'web:1', gpus }).HostConfig as Record<string, unknown>).DeviceRequests;
    expect(requests([0, 2])).toEqual([{ Driver: 'nvidia', DeviceIDs: ['0', '2'], Capabilities: [['gpu']] }]);
    expect(requests([])).toBeUndefined();
  });

  it('publishes a port only when a host address or port is given', () => {
    const body = sent({
      name: 'web',
      image: 'web:1',
      ports: [
        { containerPort: 1, protocol: 'tcp' },
        { containerPort: 2, protocol: 'udp', hostIp: '127.0.0.1' },
        { containerPort: 3, protocol: 'tcp', hostPort: 0 },
        { containerPort: 4, protocol: 'tcp', hostPort: 8004 },
        { containerPort: 4, protocol: 'tcp', hostIp: '10.0.0.1', hostPort: 8005 },
      ],
    });
    expect(body.ExposedPorts).toEqual({ '1/tcp': {}, '2/udp': {}, '3/tcp': {}, '4/tcp': {} });
    expect(body.HostConfig).toMatchObject({
      PortBindings: {
        '2/udp': [{ HostIp: '127.0.0.1', HostPort: '' }],
        '3/tcp': [{ HostIp: '', HostPort: '' }],
        '4/tcp': [
          { HostIp: '', HostPort: '8004' },
          { HostIp: '10.0.0.1', HostPort: '8005' },
        ],
      },
    });
  });

  it('converts units', () => {
    const { HostConfig, Healthcheck } = sent({
      name: 'web',
      image: 'web:1',
      resources: { cpu: 0.1, memoryBytes: 64, pids: 10, shmBytes: 5 },
      healthCheck: { command: ['/check'], intervalMs: 1000, timeoutMs: 500, retries: 3, startPeriodMs: 0 },
    });
    expect(HostConfig).toMatchObject({
      NanoCpus: 1e8,
      Memory: 64,
      MemorySwap: 64,
      PidsLimit: 10,
      ShmSize: 5,
    });
    const timing = { Interval: 1e9, Timeout: 5e8, Retries: 3, StartPeriod: 0 };
    expect(Healthcheck).toEqual({ Test: ['CMD', '/check'], ...timing });
  });

  it('describes mounts', () => {
    const { HostConfig } = sent({
      name: 'web',
      image: 'web:1',
      mounts: [
        { type: 'bind', source: '/a', target: '/b', readOnly: true },
        { type: 'volume', source: 'v', target: '/v', labels: { a: 'b' } },
        { type: 'tmpfs', target: '/t', sizeBytes: 9 },
      ],
    });
    expect(HostConfig).toMatchObject({
      Mounts: [
        { Type: 'bind', Source: '/a', Target: '/b', ReadOnly: true },
        { Type: 'volume', Source: 'v', Target: '/v', VolumeOptions: { Labels: { a: 'b' } } },
        { Type: 'tmpfs', Target: '/t', TmpfsOptions: { SizeBytes: 9 } },
      ],
    });
  });

  it('joins one network, with aliases only where there are some', () => {
    const spec = { name: 'web', image: 'web:1', network: 'pod' };
    expect(sent(spec)).not.toHaveProperty('NetworkingConfig');
    expect(sent({ ...spec, networkAliases: ['app'] })).toMatchObject({
      HostConfig: { NetworkMode: 'pod' },
      NetworkingConfig: { EndpointsConfig: { pod: { Aliases: ['app'] } } },
    });
  });

  it('disables the health check of the image', () => {
    expect(sent({ name: 'web', image: 'web:1', healthCheck: 'none' })).toMatchObject({
      Healthcheck: { Test: ['NONE'] },
    });
  });
});
