import { parsePod, revisionOf } from '@raftainer/pod-spec';
import { describe, expect, it } from 'vitest';
import { claimOf, fleetOf, hostOf, podRecord, revisionIn } from '../../test/fleet-of.js';
import type { Definition } from '../definitions/definition.js';
import { createStyle } from '../output/style.js';
import { planLines } from '../output/plan-lines.js';
import { changedSince } from './changed-since.js';
import { diffPods } from './diff-pods.js';
import { makePlan } from './make-plan.js';

const hosts = [hostOf('n1'), hostOf('n2')];

function definition(more: object): Definition {
  const input = { name: 'web', containers: [{ name: 'app', image: 'web:1' }], ...more };
  const result = parsePod(input);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return { pod: result.pod, revision: revisionOf(result.pod), source: 'web.yaml', document: 1, input };
}

it('names each field that differs, added and removed ones too', () => {
  const before = definition({ labels: { a: '1' } }).pod;
  const after = definition({
    instances: 2,
    labels: { b: '2' },
    containers: [{ name: 'app', image: 'web:2' }],
  }).pod;
  expect(diffPods(before, after)).toEqual(
    expect.arrayContaining([
      { path: 'instances', before: 1, after: 2 },
      { path: 'labels.a', before: '1' },
      { path: 'labels.b', after: '2' },
      { path: 'containers[0].image', before: 'web:1', after: 'web:2' },
    ]),
  );
  expect(diffPods(before, after)).toHaveLength(4);
  expect(diffPods(before, definition({ labels: { a: '1' } }).pod)).toEqual([]);
});

describe('a plan', () => {
  it('places the slots of a new pod, on different hosts', () => {
    const { index, pods } = makePlan(fleetOf({ hosts }), [definition({ instances: 2 })]);
    expect(index).toBe(42);
    expect(pods).toMatchObject([{ name: 'web', change: 'new', seen: 0, fields: [] }]);
    expect(pods[0]?.slots.map(({ action }) => action)).toEqual(['place', 'place']);
    expect(new Set(pods[0]?.slots.map(({ host }) => host))).toEqual(new Set(['n1', 'n2']));
  });

  it('says which slots a change reaches, and which it stops', () => {
    const stored = podRecord({ name: 'web', instances: 2 }, 7);
    const claims = [claimOf('web', 0, 'n1'), claimOf('web', 1, 'n2')];
    const fleet = fleetOf({ hosts, pods: [stored], claims });
    const [changed] = makePlan(fleet, [definition({ containers: [{ name: 'app', image: 'web:2' }] })]).pods;
    expect(changed).toMatchObject({
      change: 'changed',
      seen: 7,
      slots: [
        { slot: 'web/0', action: 'update', host: 'n1' },
        { slot: 'web/1', action: 'stop', host: 'n2' },
      ],
    });
    const current = revisionIn(stored);
    const running = claims.map((claim) => ({ ...claim, info: { ...claim.info!, revision: current } }));
    const [same] = makePlan(fleetOf({ hosts, pods: [stored], claims: running }), [
      definition({ instances: 2 }),
    ]).pods;
    expect(same).toMatchObject({ change: 'unchanged', slots: [{ action: 'keep' }, { action: 'keep' }] });
  });

  it('shows slots whose kind of claim changes on the hosts that would claim them anew', () => {
    const stored = podRecord({ name: 'web', instances: 2 }, 7);
    const claims = [claimOf('web', 0, 'n1'), claimOf('web', 1, 'n1')];
    const fleet = fleetOf({ hosts, pods: [stored], claims });
    const plan = makePlan(fleet, [definition({ instances: 2, exclusive: false })]);
    const slots = plan.pods[0]?.slots ?? [];
    expect(slots.map(({ action, host }) => [action, host])).toEqual([
      ['replace', 'n1'],
      ['replace', 'n1'],
    ]);
    expect(new Set(slots.map(({ to }) => to))).toEqual(new Set(['n1', 'n2']));
    const lines = planLines(plan, createStyle(false, {}));
    expect(lines.join('\n')).toMatch(/web\/0 {2}is stopped on n1 and claimed anew, by n[12] first/);
    const [fewer] = makePlan(fleet, [definition({ instances: 1, exclusive: false })]).pods;
    expect(fewer?.slots).toMatchObject([{ action: 'replace' }, { action: 'stop', host: 'n1' }]);
  });

  it('lists every rule of every host where none can take a slot', () => {
    const resources = { cpu: 64 };
    const plan = makePlan(fleetOf({ hosts }), [
      definition({ containers: [{ name: 'app', image: 'a:1', resources }] }),
    ]);
    const lines = planLines(plan, createStyle(false, {}));
    expect(lines).toContain('    web/0  no host can take it now');
    expect(lines.filter((line) => line.includes('cpu: 64 cores requested'))).toHaveLength(2);
    expect(lines.at(-1)).toBe('1 of 1 to apply; as of Consul index 42');
    expect(lines.join('\n')).toContain('no host can ever run it');
  });
});

describe('what has changed since a plan', () => {
  const { pod, revision } = definition({ instances: 3 });
  const saved = { name: 'web', seen: 7, before: definition({}).pod, definition: {}, pod, revision };
  const message = (...parameters: Parameters<typeof changedSince>): readonly string[] =>
    changedSince(...parameters).map((change) => change.message);

  it('is nothing while the index is the same, or the definition is as planned already', () => {
    expect(message([saved], [podRecord({ name: 'web' }, 7)])).toEqual([]);
    expect(message([saved], [podRecord({ name: 'web', instances: 3 }, 9)])).toEqual([]);
    expect(message([{ ...saved, seen: 0 }], [])).toEqual([]);
  });

  it('is named', () => {
    expect(message([saved], [podRecord({ name: 'web', instances: 5 }, 9)])).toEqual([
      'pod "web" was changed (index 7, now 9): instances',
    ]);
    expect(message([saved], [])).toEqual(['pod "web" was removed']);
    expect(message([{ ...saved, seen: 0 }], [podRecord({ name: 'web' }, 9)])).toEqual([
      'pod "web" was created (index 9)',
    ]);
  });
});
