import { describe, expect, it } from 'vitest';
import { parseContainerDetails } from './parse-container-details.js';
import type { WireDetails } from './parse-container-details.js';

const exited: WireDetails = {
  Id: 'abc',
  Name: '/web',
  Image: 'sha256:1',
  Created: '2026-01-02T03:04:05.5Z',
  State: {
    Status: 'exited',
    ExitCode: 137,
    OOMKilled: true,
    Error: '',
    Pid: 0,
    StartedAt: '2026-01-02T03:04:06Z',
    FinishedAt: '2026-01-02T03:04:07Z',
    Health: { Status: 'healthy', Log: [{ Start: '2026-01-02T03:04:06Z', ExitCode: 0, Output: 'ok' }] },
  },
  Config: { Image: 'web:1', Labels: null },
  NetworkSettings: { Ports: {}, Networks: { b: { IPAddress: '' }, a: null } },
};

describe('parseContainerDetails', () => {
  it('gives a stopped container its end, and no health', () => {
    expect(parseContainerDetails(exited)).toEqual({
      id: 'abc',
      name: 'web',
      image: 'web:1',
      imageId: 'sha256:1',
      state: 'exited',
      health: 'none',
      exitCode: 137,
      labels: {},
      ports: [],
      networks: [{ name: 'a' }, { name: 'b' }],
      createdAt: Date.UTC(2026, 0, 2, 3, 4, 5, 500),
      startedAt: Date.UTC(2026, 0, 2, 3, 4, 6),
      finishedAt: Date.UTC(2026, 0, 2, 3, 4, 7),
      oomKilled: true,
      healthLog: [{ startedAt: Date.UTC(2026, 0, 2, 3, 4, 6), exitCode: 0, output: 'ok' }],
    });
  });

  it('leaves out what has not happened', () => {
    const never = '0001-01-01T00:00:00Z';
    const State = { Status: 'created', ExitCode: 0, StartedAt: never, FinishedAt: never } as const;
    const details = parseContainerDetails({ ...exited, State });
    for (const field of ['exitCode', 'startedAt', 'finishedAt', 'error', 'pid']) {
      expect(details).not.toHaveProperty(field);
    }
  });

  it('lists exposed ports, and a published one for each address', () => {
    const Ports = {
      '80/tcp': [
        { HostIp: '0.0.0.0', HostPort: '8080' },
        { HostIp: '::', HostPort: '8080' },
      ],
      '53/udp': null,
    };
    expect(parseContainerDetails({ ...exited, NetworkSettings: { Ports } }).ports).toEqual([
      { hostIp: '0.0.0.0', hostPort: 8080, containerPort: 80, protocol: 'tcp' },
      { hostIp: '::', hostPort: 8080, containerPort: 80, protocol: 'tcp' },
      { containerPort: 53, protocol: 'udp' },
    ]);
  });
});
