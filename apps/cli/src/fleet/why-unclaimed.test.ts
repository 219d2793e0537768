import type { Host, HostVerdicts } from '@raftainer/cluster';
import { describe, expect, it } from 'vitest';
import { whyUnclaimed } from './why-unclaimed.js';

const hosts: readonly Host[] = [
  { host: 'n1', session: 's1', modifyIndex: 1 },
  { host: 'n2', session: 's2', modifyIndex: 1 },
  { host: 'gone', modifyIndex: 1 },
];

const failure = {
  rule: 'r',
  attribute: 'cpu.cores',
  operator: '>=',
  required: 8,
  actual: 4,
  message: 'needs 8 cores, has 4',
};

function why(verdicts: readonly HostVerdicts[], present = hosts): unknown {
  const none = { pods: [], index: 1, claims: new Map(), statuses: new Map(), drains: [], moves: new Map() };
  return whyUnclaimed({ ...none, verdicts, hosts: present }, 'web/0');
}

const refusal = (host: string): HostVerdicts => ({
  host,
  modifyIndex: 1,
  verdicts: [
    { pod: 'other', eligible: false, failures: [] },
    { pod: 'web', eligible: false, failures: [failure], problems: ['gpus are not supported yet'] },
  ],
});

describe('whyUnclaimed', () => {
  it('names every reason of every present host', () => {
    expect(why([refusal('n1'), refusal('n2'), refusal('gone')])).toEqual({
      why: ['n1', 'n2'].map((host) => `${host}: needs 8 cores, has 4; gpus are not supported yet`),
      refused: true,
    });
  });

  it('is not refused while one host may still claim it', () => {
    expect(why([refusal('n1'), { host: 'n2', modifyIndex: 1, verdicts: [] }])).toMatchObject({
      refused: false,
    });
    expect(
      why([
        refusal('n1'),
        { host: 'n2', modifyIndex: 1, verdicts: [{ pod: 'web', eligible: true, failures: [] }] },
      ]),
    ).toMatchObject({ refused: false });
    expect(why([])).toEqual({ why: ['not claimed yet'], refused: false });
  });

  it('says when there is nobody to ask, and when a host gives no reason', () => {
    expect(why([refusal('gone')], [hosts[2]!])).toEqual({
      why: [
        `no agent is present in the cluster; ${hosts[2]!.host} are known and absent; the log of an agent, and raftainer ps on its host, say why`,
      ],
      refused: false,
    });
    expect(
      why([
        {
          host: 'n1',
          modifyIndex: 1,
          verdicts: [{ pod: 'web', eligible: false, failures: [], message: 'draining' }],
        },
      ]),
    ).toMatchObject({ why: ['n1: draining'] });
  });
});
