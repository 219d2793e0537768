import { expect, it } from 'vitest';

import { peersOf } from './peers.js';

import type { Host } from './hosts.js';

const facts = {
  hostname: 'a',
  cpu: { cores: 4, architecture: 'amd64' },
  memory: { totalBytes: 8 },
  disk: { totalBytes: 8 },
  os: { platform: 'linux' },
  kernel: { version: '6.1.0' },
  labels: {},
  gpus: [],
};
const record: Host['record'] = {
  host: 'a',
  internalIp: '10.0.0.1',
  agentVersion: '1.2.3',
  facts,
  labels: {},
  instance: 'one',
  since: 'then',
};

it('joins what the records say of each host', () => {
  const failure = { rule: 'host-port', attribute: '', operator: '', required: 1, actual: 2, message: 'm' };
  const views = peersOf({
    hosts: [
      { host: 'a', session: 's', modifyIndex: 1, record },
      { host: 'b', modifyIndex: 1, record: { ...record, host: 'b' } },
      { host: 'c', session: 't', modifyIndex: 1, problem: 'not valid JSON' },
    ],
    verdicts: [
      {
        host: 'a',
        modifyIndex: 1,
        verdicts: [
          { pod: 'web', eligible: false, revision: 'r1', failures: [failure] },
          { pod: 'db', eligible: true, failures: [] },
          { pod: 'ai', eligible: false, failures: [], problems: ['files'], message: 'older agent' },
        ],
      },
    ],
    drains: [
      { host: 'b', modifyIndex: 1 },
      { host: 'new', modifyIndex: 1 },
    ],
  });
  expect(views).toEqual([
    {
      name: 'a',
      facts,
      agentVersion: '1.2.3',
      present: true,
      draining: false,
      refusals: [
        { pod: 'web', revision: 'r1', failures: [failure] },
        { pod: 'ai', failures: [], problems: ['files', 'older agent'] },
      ],
    },
    { name: 'b', facts, agentVersion: '1.2.3', present: false, draining: true, refusals: [] },
    { name: 'c', present: true, draining: false, refusals: [] },
    { name: 'new', present: false, draining: true, refusals: [] },
  ]);
});
