import { describe, expect, it } from 'vitest';

import { explainPod, hostPlacement, placementOf, rebalancePlan } from '../src/index.js';
import { defined, factsOf, peer, peers, worldOf } from './placement-world.js';

import type { PeerView, PlacementWorld, SlotPlacement } from '../src/index.js';
import type { SlotId } from '@raftainer/pod-spec';

const GIB = 2 ** 30;

/** Where each slot of a pod goes. */
function choices(world: PlacementWorld, pod = 'web'): readonly (string | undefined)[] {
  return explainPod(world, pod).map(({ ranked }) => ranked[0]?.host);
}

function failedRules(placement: SlotPlacement | undefined, host: string): readonly string[] {
  const excluded = placement?.excluded.find((candidate) => candidate.host === host);
  return excluded?.failures.map(({ rule }) => rule) ?? [];
}

function zoned(name: string, zone: string): PeerView {
  return peer(name, { facts: factsOf(name, { labels: { zone } }) });
}

describe('where slots go', () => {
  it('is on different hosts while there are enough', () => {
    const chosen = choices(worldOf([{ name: 'web', instances: 5 }], peers(5)));
    expect(new Set(chosen).size).toBe(5);
  });

  it('is evenly when there are more slots than hosts', () => {
    const chosen = choices(worldOf([{ name: 'web', instances: 7 }], peers(3)));
    const counts = peers(3).map(({ name }) => chosen.filter((host) => host === name).length);
    expect(counts.sort()).toEqual([2, 2, 3]);
  });

  it('takes what is held into account', () => {
    const world = worldOf([{ name: 'web', instances: 3 }], peers(3), {
      'web/1': 'host-0',
      'web/2': 'host-2',
    });
    expect(choices(world)[0]).toBe('host-1');
  });

  it('is evenly over the values of a spread attribute, before anything else is', () => {
    const hosts = [...['a', 'b', 'c', 'd'].map((name) => zoned(name, 'east')), zoned('e', 'west')];
    const spread = [{ attribute: 'labels.zone', weight: 100 }];
    const chosen = choices(worldOf([{ name: 'web', instances: 2, spread }], hosts));
    expect(chosen).toContain('e');
  });

  it('follows an affinity, and its opposite', () => {
    const hosts = [zoned('a', 'east'), zoned('b', 'west'), zoned('c', 'west')];
    const affinity = (weight: number): object => ({
      name: 'web',
      affinities: [{ attribute: 'labels.zone', operator: '=', value: 'east', weight }],
    });
    expect(choices(worldOf([affinity(100)], hosts))).toEqual(['a']);
    expect(choices(worldOf([affinity(-1)], hosts))).not.toContain('a');
  });

  it('is on the fullest host that has room when the pod wants to be packed', () => {
    const container = { name: 'app', image: 'web:1', resources: { cpu: 2 } };
    const pods = [
      { name: 'base', containers: [container] },
      { name: 'web', instances: 5, placement: 'pack', containers: [container] },
    ];
    const chosen = choices(worldOf(pods, peers(3), { 'base/0': 'host-1' }));
    expect(chosen.slice(0, 3)).toEqual(['host-1', 'host-1', 'host-1']);
    expect(new Set(chosen.slice(3)).size).toBe(1);
    expect(chosen[3]).not.toBe('host-1');
  });

  it('gives large hosts more', () => {
    const large = peer('large', {
      facts: factsOf('large', {
        cpu: { cores: 64, architecture: 'amd64' },
        memory: { totalBytes: 128 * GIB },
      }),
    });
    const pods = Array.from({ length: 200 }, (_, index) => ({ name: `p${index}` }));
    const firsts = [...placementOf(worldOf(pods, [large, peer('small')])).values()].map(
      ({ ranked }) => ranked[0]?.host,
    );
    expect(firsts.filter((host) => host === 'large').length).toBeGreaterThan(150);
  });
});

describe('a host is ruled out', () => {
  const pod = {
    name: 'web',
    constraints: [{ attribute: 'labels.zone', operator: '=', value: 'east' }],
    containers: [
      {
        name: 'app',
        image: 'web:1',
        resources: { cpu: 4, memory: '10Gi', gpus: { count: 1, minVram: '8Gi' } },
        ports: [{ name: 'http', containerPort: 80, hostPort: 8080, publish: 'external' }],
      },
    ],
  };

  it('with every rule that fails, required and actual', () => {
    const [placement] = explainPod(
      worldOf([{ ...pod, name: 'first', constraints: [] }, pod], [peer('host-a')], { 'first/0': 'host-a' }),
      'web',
    );
    expect(placement?.ranked).toEqual([]);
    expect(failedRules(placement, 'host-a')).toEqual(['memory', 'equality', 'gpus', 'gpus', 'host-port']);
    expect(placement?.excluded[0]?.failures[1]).toMatchObject({
      attribute: 'labels.zone',
      required: 'east',
      actual: null,
    });
  });

  it.each([
    ['absent', { present: false }, 'host-present'],
    ['draining', { draining: true }, 'host-draining'],
    ['unreadable', { facts: undefined }, 'host-record'],
    [
      'refusing',
      {
        refusals: [
          {
            pod: 'web',
            failures: [
              { rule: 'host-policy', attribute: '', operator: '=', required: '', actual: '', message: '' },
            ],
          },
        ],
      },
      'host-policy',
    ],
    ['of another opinion', { refusals: [{ pod: 'web', failures: [], problems: ['files'] }] }, 'definition'],
  ])('when it is %s', (_, changes, rule) => {
    const world = worldOf([{ name: 'web' }], [peer('host-a', changes), peer('host-b')]);
    const [placement] = explainPod(world, 'web');
    expect(placement?.ranked.map(({ host }) => host)).toEqual(['host-b']);
    expect(failedRules(placement, 'host-a')).toEqual([rule]);
  });

  it('not by a verdict against another revision', () => {
    const web = defined({ name: 'web' }, 0);
    const refusing = (revision: string): PlacementWorld => ({
      pods: [web],
      claims: new Map(),
      hosts: [peer('host-a', { refusals: [{ pod: 'web', revision, failures: [] }] })],
    });
    expect(choices(refusing('old'))).toEqual(['host-a']);
    expect(choices(refusing(web.revision))).toEqual([undefined]);
  });

  it('when what it holds leaves too little', () => {
    const heavy = {
      name: 'web',
      instances: 4,
      containers: [{ name: 'app', image: 'web:1', resources: { cpu: 5 } }],
    };
    const chosen = choices(worldOf([heavy], peers(3)));
    expect(new Set(chosen.slice(0, 3)).size).toBe(3);
    expect(chosen[3]).toBeUndefined();
  });
});

describe('where a host stands', () => {
  it('is another place for every host, and the same ranking', () => {
    const world = worldOf([{ name: 'web', instances: 2 }], peers(4));
    for (const id of ['web/0', 'web/1'] as const) {
      const ranked = placementOf(world)
        .get(id)
        ?.ranked.map(({ host }) => host);
      const byRank = peers(4)
        .map(({ name }) => ({ name, rank: hostPlacement(world, name).ranks.get(id)?.rank ?? -1 }))
        .sort((a, b) => a.rank - b.rank);
      expect(byRank.map(({ name }) => name)).toEqual(ranked);
      expect(byRank.map(({ rank }) => rank)).toEqual([0, 1, 2, 3]);
    }
  });

  it('is last when the records rule it out, and first when it is alone', () => {
    const web = { name: 'web', constraints: [{ attribute: 'hostname', operator: '=', value: 'none' }] };
    expect(hostPlacement(worldOf([web], [peer('a')]), 'a').ranks.get('web/0')).toMatchObject({
      rank: 0,
      eligible: false,
    });
    const draining = [peer('a', { draining: true }), peer('b'), peer('c')];
    expect(hostPlacement(worldOf([{ name: 'web' }], draining), 'a').ranks.get('web/0')).toMatchObject({
      rank: 2,
      eligible: false,
    });
  });

  it('does not depend on what it answered itself, but who is the first choice does', () => {
    const refusing = peer('a', { refusals: [{ pod: 'web', failures: [] }] });
    const { ranks } = hostPlacement(worldOf([{ name: 'web' }], [refusing]), 'a');
    expect(ranks.get('web/0')).toEqual({ rank: 0, eligible: true });
  });
});

describe('slots that a host gives up', () => {
  const heavy = {
    name: 'web',
    instances: 2,
    containers: [{ name: 'app', image: 'web:1', resources: { cpu: 5 } }],
  };
  const holders = { 'web/0': 'a', 'web/1': 'a' } as const;
  const leaving: readonly SlotId[] = ['web/0', 'web/1'];

  it('have successors where others have room, and no two the same room', () => {
    const big = peer('a', {
      draining: true,
      facts: factsOf('a', { cpu: { cores: 64, architecture: 'amd64' } }),
    });
    const { successors } = hostPlacement(worldOf([heavy], [big, peer('b')], holders), 'a', leaving);
    expect([...successors]).toEqual([['web/0', 'b']]);
  });

  it('have none without another host', () => {
    const world = worldOf([heavy], [peer('a', { draining: true }), peer('b', { present: false })], holders);
    expect(hostPlacement(world, 'a', leaving).successors.size).toBe(0);
  });
});

describe('a system pod', () => {
  const system = {
    name: 'logs',
    kind: 'system',
    constraints: [{ attribute: 'hostname', operator: '!=', value: 'host-1' }],
  };
  const ranksOf = (world: PlacementWorld): readonly (readonly SlotId[])[] =>
    world.hosts.map(({ name }) => [...hostPlacement(world, name).ranks.keys()]);

  it('has one slot for each matching host, and nobody else is ranked for it', () => {
    expect(ranksOf(worldOf([system], peers(4)))).toEqual([['logs/0'], [], ['logs/1'], ['logs/2']]);
  });

  it('keeps its slots where they are and fills the lowest free index', () => {
    const holders = { 'logs/2': 'host-0', 'logs/0': 'host-3' } as const;
    expect(ranksOf(worldOf([system], peers(5), holders))).toEqual([[], [], ['logs/1'], [], ['logs/3']]);
  });

  it('is explained host by host', () => {
    const placements = explainPod(worldOf([system], peers(3), { 'logs/0': 'host-2' }), 'logs');
    expect(placements.map(({ slot, holder }) => [slot, holder])).toEqual([
      ['logs/0', 'host-2'],
      ['logs/1', undefined],
    ]);
    expect(placements[1]?.ranked.map(({ host }) => host)).toEqual(['host-0']);
    expect(failedRules(placements[1], 'host-1')).toEqual(['equality']);
  });
});

describe('rebalancing', () => {
  it('proposes nothing when everything is where it would be anew', () => {
    const world = worldOf([{ name: 'web', instances: 3 }], peers(3));
    const holders = Object.fromEntries(
      [...placementOf(world)].map(([id, { ranked }]) => [id, ranked[0]?.host ?? '']),
    );
    expect(rebalancePlan(worldOf([{ name: 'web', instances: 3 }], peers(3), holders))).toEqual([]);
  });

  it('does not swap slots that are alike', () => {
    const holders = { 'web/0': 'host-2', 'web/1': 'host-0', 'web/2': 'host-1' } as const;
    expect(rebalancePlan(worldOf([{ name: 'web', instances: 3 }], peers(3), holders))).toEqual([]);
  });

  it('leaves slots where their named volumes are', () => {
    const db = { name: 'db', instances: 3, volumes: [{ name: 'data' }] };
    const holders = { 'db/0': 'host-0', 'db/1': 'host-0', 'db/2': 'host-0' } as const;
    expect(rebalancePlan(worldOf([db], peers(3), holders))).toEqual([]);
  });

  it('moves what is crowded to where there is room', () => {
    const holders = { 'web/0': 'host-0', 'web/1': 'host-0', 'web/2': 'host-0' } as const;
    const moves = rebalancePlan(worldOf([{ name: 'web', instances: 3 }], peers(3), holders));
    expect(moves.map(({ from }) => from)).toEqual(['host-0', 'host-0']);
    expect(moves.map(({ to }) => to).sort()).toEqual(['host-1', 'host-2']);
  });
});

describe('a slot that takes more than half of its host', () => {
  it('is not told that its holder cannot take it, whatever else is explained, moved or drained', () => {
    const huge = {
      name: 'huge',
      instances: 2,
      containers: [{ name: 'app', image: 'a', resources: { memory: '10Gi', cpu: 5 } }],
    };
    const holders = { 'huge/0': 'host-0', 'huge/1': 'host-1' } as const;
    const world = worldOf([huge], peers(2), holders);
    for (const { holder, ranked, excluded } of explainPod(world, 'huge')) {
      expect(ranked.map(({ host }) => host)).toEqual([holder]);
      expect(excluded.map(({ host }) => host)).not.toContain(holder);
    }
    const draining = { ...world, hosts: [peer('host-0', { draining: true }), peer('host-1')] };
    expect(hostPlacement(draining, 'host-0', ['huge/0']).successors).toEqual(new Map());
    expect(rebalancePlan(world)).toEqual([]);
  });
});

describe('a slot whose holder was lost', () => {
  const lost = (claims: Readonly<Record<SlotId, string>>): ReadonlyMap<SlotId, { readonly host: string }> =>
    new Map(Object.entries(claims).map(([id, host]) => [id as SlotId, { host }]));

  /** Two slots fit on a host, three do not. */
  const large = {
    name: 'large',
    instances: 2,
    containers: [{ name: 'app', image: 'a', resources: { memory: '7Gi' } }],
  };
  const before = { ...large, name: 'before', instances: 4 };

  it('goes home when its host is there again, before all others', () => {
    const world = {
      ...worldOf([before, large], peers(3)),
      claims: lost({ 'large/0': 'host-1', 'large/1': 'host-1' }),
    };
    const placed = placementOf(world);
    expect(placed.get('large/0')?.ranked[0]?.host).toBe('host-1');
    expect(placed.get('large/1')?.ranked[0]?.host).toBe('host-1');
    const ranks = hostPlacement(world, 'host-2').ranks;
    expect(ranks.get('large/0')?.rank).toBeGreaterThanOrEqual(10);
    expect(
      [...hostPlacement(world, 'host-1').ranks].filter(([, { rank }]) => rank === 0).map(([id]) => id),
    ).toEqual(['large/0', 'large/1']);
  });

  it.each([
    ['is absent', { present: false }],
    ['drains', { draining: true }],
    ['refuses it', { refusals: [{ pod: 'large', failures: [] }] }],
    ['has become too small', { facts: factsOf('host-1', { memory: { totalBytes: 2 ** 20 } }) }],
  ])('is placed as any other when its host %s', (_, changes) => {
    const world = {
      ...worldOf([large], [peer('host-0'), peer('host-1', changes)]),
      claims: lost({ 'large/0': 'host-1' }),
    };
    expect(hostPlacement(world, 'host-0').ranks.get('large/0')).toEqual({
      rank: 0,
      eligible: true,
      best: 'host-0',
    });
  });

  it('takes no room from what is placed here while its host is awaited', () => {
    const hosts = [peer('host-0'), peer('host-1', { present: false })];
    const world = {
      ...worldOf([before, large], hosts),
      claims: lost({
        'before/0': 'host-1',
        'before/1': 'host-1',
        'before/2': 'host-1',
        'before/3': 'host-1',
      }),
    };
    const own = (awaited?: ReadonlySet<string>): unknown =>
      hostPlacement({ ...world, ...(awaited === undefined ? {} : { awaited }) }, 'host-0').ranks.get(
        'large/0',
      );
    expect(own()).toMatchObject({ eligible: false });
    expect(own(new Set(['host-1']))).toEqual({ rank: 0, eligible: true, best: 'host-0' });
  });
});
