import type { Host } from '@raftainer/cluster';
import { describe, expect, it } from 'vitest';
import type { FleetParts } from '../../test/fleet-of.js';
import { claimOf, fleetOf, hostOf, podRecord, revisionIn } from '../../test/fleet-of.js';
import { createStyle } from '../output/style.js';
import { whyLines } from '../output/why-lines.js';
import { viewPods } from './view-pods.js';
import type { PodWhy } from './why-pod.js';
import { whyPod } from './why-pod.js';

const NOW = Date.parse('2026-01-01T01:00:00Z');
const hosts = [hostOf('n1'), hostOf('n2')];

function why(parts: FleetParts, index?: number): PodWhy {
  const fleet = fleetOf(parts);
  const [pod] = viewPods(fleet).filter(({ name }) => name === 'web');
  return whyPod(fleet, pod!, index);
}

function text(parts: FleetParts): string {
  return whyLines(why(parts), { style: createStyle(false, {}), now: NOW }).join('\n');
}

const onlyIn = (zone: string): object => ({
  name: 'web',
  constraints: [{ attribute: 'labels.zone', operator: '=', value: zone }],
});

describe('a slot that nobody holds', () => {
  it('waits for the host that comes first, and every host says where it stands', () => {
    const answer = why({ pods: [podRecord(onlyIn('1'))], hosts });
    expect(answer.impossible).toEqual([]);
    expect(answer.slots).toMatchObject([
      {
        view: { slot: 'web/0', held: false },
        awaits: ['n1 comes first and has not claimed it yet'],
        hosts: [
          { host: 'n1', eligible: true, rank: 1, failures: [] },
          {
            host: 'n2',
            eligible: false,
            failures: [{ rule: 'equality', attribute: 'labels.zone', required: '1', actual: '2' }],
          },
        ],
      },
    ]);
  });

  it('waits for the lock delay when its holder was lost', () => {
    const { session: _session, ...lost } = claimOf('web', 0, 'n2');
    expect(text({ pods: [podRecord({ name: 'web' })], hosts, claims: [lost] })).toContain(
      'waits: its last holder, n2, was lost rather than stopped',
    );
    const shared = podRecord({ name: 'web', exclusive: false });
    expect(text({ pods: [shared], hosts, claims: [lost] })).not.toContain('lost rather than stopped');
  });

  it('says that it may wait for the host that had it, while that one is absent', () => {
    const { session: _session, ...lost } = claimOf('web', 0, 'n2');
    const shared = podRecord({ name: 'web', exclusive: false });
    const { session: _gone, ...absent } = hostOf('n2');
    const told = (host: Host): string =>
      text({ pods: [shared], hosts: [hostOf('n1'), host], claims: [lost] });
    expect(told(absent)).toContain('waits: n2 is absent: after a power cut');
    expect(told(hostOf('n2'))).not.toContain('is absent');
    expect(told(hostOf('n2'))).toContain('n2 comes first');
  });

  it('says what the host itself says, once, and with its numbers', () => {
    const pod = podRecord({ name: 'web' });
    const message = 'disk: 10 GiB requested, 1 GiB available';
    const failure = { rule: 'disk', attribute: 'd', operator: '>=', required: 10, actual: 1, message };
    const verdict = { pod: 'web', revision: revisionIn(pod), eligible: false, failures: [failure] };
    const answer = text({
      pods: [pod],
      hosts,
      verdicts: [{ host: 'n1', modifyIndex: 1, verdicts: [verdict] }],
    });
    expect(answer.split(message)).toHaveLength(2);
    expect(answer).toContain(`n1: cannot take it\n      the host itself says: ${message}`);
  });

  it('says why when every host is ruled out, each with all of its rules', () => {
    const absent = { ...hostOf('n3', { session: undefined }) };
    const draining = { host: 'n2', modifyIndex: 1 };
    const big = podRecord({
      name: 'web',
      containers: [{ name: 'app', image: 'a:1', resources: { cpu: 3 } }],
    });
    const other = podRecord(
      { name: 'db', containers: [{ name: 'app', image: 'a:1', resources: { cpu: 2 } }] },
      0,
    );
    const answer = text({
      pods: [other, big],
      hosts: [...hosts, absent],
      drains: [draining],
      claims: [claimOf('db', 0, 'n1')],
    });
    expect(answer).toContain('waits: a free host: every host is ruled out');
    expect(answer).toContain(
      'n1: cannot take it\n      cpu: 3 cores requested, 2 cores available (4 cores in all, 2 cores reserved)',
    );
    expect(answer).toContain('n2 is draining: it takes nothing new');
    expect(answer).toContain('n3 is not present');
    expect(answer).not.toContain('no host can ever run it');
  });

  it('says so when there is no agent at all', () => {
    expect(text({ pods: [podRecord({ name: 'web' })] })).toContain(
      'waits: no agent is present in the cluster',
    );
  });
});

describe('a pod that no host can ever run', () => {
  it.each([
    [
      'is larger than any',
      { name: 'web', containers: [{ name: 'app', image: 'a:1', resources: { cpu: 64 } }] },
      'none of the 2 known hosts could run it even if it were empty (cpu)',
    ],
    [
      'asks for what no host is',
      onlyIn('9'),
      'none of the 2 known hosts could run it even if it were empty (equality)',
    ],
    [
      'contradicts itself',
      {
        name: 'web',
        constraints: [
          { attribute: 'region', operator: '=', value: 'eu' },
          { attribute: 'region', operator: '=', value: 'us' },
        ],
      },
      'region = "eu" and region = "us" contradict each other',
    ],
  ])('%s', (_, definition, reason) => {
    const parts = { pods: [podRecord(definition)], hosts };
    expect(why(parts).impossible).toEqual([reason]);
    expect(text(parts)).toContain(`no host can ever run it: ${reason}`);
  });
});

describe('a slot that is held', () => {
  it('names its holder, since when, and what the holder says', () => {
    const pod = podRecord({ name: 'web' });
    const status = {
      ...{
        pod: 'web',
        index: 0,
        host: 'n1',
        phase: 'backoff' as const,
        containers: [],
        restarts: 1,
        epoch: 3,
      },
      ...{ revision: revisionIn(pod), since: '2026-01-01T00:00:00Z', message: 'no such image' },
    };
    const answer = text({
      pods: [pod],
      hosts,
      claims: [claimOf('web', 0, 'n1')],
      statuses: [{ pod: 'web', index: 0, modifyIndex: 5, status }],
    });
    expect(answer).toContain(
      'web/0  backoff, held by n1 since 2026-01-01T00:00:00Z (60m), epoch 3\n    no such image',
    );
    expect(answer).toContain('n1 (holds it): number');
  });

  it('is explained although a record of it is unreadable', () => {
    const { info: _info, ...claim } = claimOf('web', 0, 'n1');
    const answer = text({
      pods: [podRecord({ name: 'web' })],
      hosts,
      claims: [{ ...claim, problem: 'not valid JSON' }],
    });
    expect(answer).toContain('held by n1');
    expect(answer).toContain('unreadable: not valid JSON');
  });
});

it('says what is wrong with a definition', () => {
  const answer = text({ pods: [podRecord({ name: 'web', instances: -1 })], hosts });
  expect(answer).toContain('the definition is not valid: instances');
  expect(answer).toContain('no slot is wanted and none is held');
});

it('counts a slot of a system pod for each host that matches', () => {
  const answer = why({
    pods: [podRecord({ name: 'web', kind: 'system' })],
    hosts,
    claims: [claimOf('web', 0, 'n1')],
  });
  expect(answer.slots.map(({ view, holder }) => [view.slot, holder])).toEqual([
    ['web/0', 'n1'],
    ['web/1', undefined],
  ]);
  expect(answer.slots[1]?.awaits).toEqual(['n2 comes first and has not claimed it yet']);
});
