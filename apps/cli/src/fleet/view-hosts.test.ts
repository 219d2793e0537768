import { expect, it } from 'vitest';
import { claimOf, fleetOf, hostOf, podRecord } from '../../test/fleet-of.js';
import { createStyle } from '../output/style.js';
import { hostRow } from '../output/host-rows.js';
import { viewHosts } from './view-hosts.js';
import { viewPods } from './view-pods.js';
import { placementsOf } from './world-of.js';

const resources = { cpu: 1.5, memory: '1Gi' };
const web = podRecord({
  name: 'web',
  instances: 3,
  containers: [{ name: 'app', image: 'web:1', resources }],
});

it('adds up what the slots of each host ask for', () => {
  const claims = [claimOf('web', 0, 'n1'), claimOf('web', 1, 'n1'), claimOf('gone', 0, 'n2')];
  const [n1, n2] = viewHosts(fleetOf({ pods: [web], hosts: [hostOf('n2'), hostOf('n1')], claims }));
  expect(n1).toMatchObject({
    host: 'n1',
    state: 'present',
    capacity: { cpu: 4, memoryBytes: 8 * 2 ** 30, gpus: 0 },
    allocated: { cpu: 3, memoryBytes: 2 ** 31, gpus: 0 },
    slots: ['web/0', 'web/1'],
  });
  expect(n2).toMatchObject({ host: 'n2', allocated: { cpu: 0 }, slots: ['gone/0'] });
});

it('says what state each is in', () => {
  const views = viewHosts(
    fleetOf({
      hosts: [hostOf('a'), hostOf('b', { session: undefined }), hostOf('c')],
      drains: [
        { host: 'c', modifyIndex: 1, info: { since: '2026-01-01T00:00:00Z', reason: 'new disks' } },
        { host: 'unheard-of', modifyIndex: 1 },
      ],
    }),
  );
  expect(views.map(({ host, state }) => [host, state])).toEqual([
    ['a', 'present'],
    ['b', 'absent'],
    ['c', 'draining'],
    ['unheard-of', 'absent'],
  ]);
  const row = hostRow(views[2]!, createStyle(false, {}));
  expect(row.slice(0, 3)).toEqual(['c', 'draining', 'eu']);
  expect(row.at(-1)).toBe('draining since 2026-01-01T00:00:00Z: new disks');
});

it('says which host has an engine that does not answer, and that its slots may be anything', () => {
  const { record, ...n1 } = hostOf('n1');
  const down = { state: 'down', since: '2026-01-01T00:00:00Z' } as const;
  const claims = [claimOf('web', 0, 'n1'), claimOf('web', 1, 'n2')];
  const hosts = [{ ...n1, record: { ...record!, engine: down } }, hostOf('n2')];
  const fleet = fleetOf({ pods: [web], hosts, claims });
  const [view] = viewHosts(fleet);
  expect(hostRow(view!, createStyle(false, {}))).toEqual(
    expect.arrayContaining(['engine-down', 'its Docker engine has not answered since 2026-01-01T00:00:00Z']),
  );
  const [first, second, free] = viewPods(fleet)[0]!.slots;
  expect(first).toMatchObject({
    ready: false,
    why: [expect.stringMatching(/engine of n1 .* seen before/), expect.anything()],
  });
  expect(second?.why).toEqual(['claimed, nothing reported yet']);
  expect(free?.why).toEqual([
    expect.stringMatching(/^n1: the Docker engine of n1 has not answered since 2026/),
  ]);
  expect(
    placementsOf(fleet)
      .get('web/2')
      ?.ranked.map(({ host }) => host),
  ).toEqual(['n2']);
});

it('shows what it cannot read as such', () => {
  const { record: _record, ...unreadable } = hostOf('n1');
  const views = viewHosts(
    fleetOf({
      hosts: [{ ...unreadable, problem: 'facts.cpu: expected an object' }],
      verdicts: [{ host: 'n1', modifyIndex: 1, verdicts: [], problem: 'not valid JSON' }],
      drains: [{ host: 'n1', modifyIndex: 1, problem: 'not valid JSON' }],
    }),
  );
  expect(views).toMatchObject([
    {
      host: 'n1',
      state: 'draining',
      problems: [
        'its record is unreadable: facts.cpu: expected an object',
        'its verdicts record is unreadable: not valid JSON',
        'its drain record is unreadable: not valid JSON',
      ],
    },
  ]);
  expect(hostRow(views[0]!, createStyle(false, {}))[3]).toBe('0/?');
});

it('knows the holder of an unreadable claim by its session', () => {
  const { info: _info, ...claim } = claimOf('web', 0, 'n1');
  const [view] = viewHosts(
    fleetOf({ hosts: [hostOf('n1')], claims: [{ ...claim, problem: 'not valid JSON' }] }),
  );
  expect(view?.slots).toEqual(['web/0']);
});
