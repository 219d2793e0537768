import { parsePod, slotIdOf, slotRefOf } from '@raftainer/pod-spec';
import { plan } from '@raftainer/planner';
import { describe, expect, it } from 'vitest';

import { FreeSlots } from './free-slots.js';
import { Homecoming } from './homecoming.js';

import type { Host, HostRecord } from '@raftainer/cluster';
import type { ClaimView, PodView, Snapshot } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';

const LOCK_DELAY_MS = 7_000;
const PATIENCE_MS = 60_000;
const STEP_MS = 500;

/** Pods of three slots, a third of them with two copies allowed. */
const PODS: ReadonlyMap<string, PodView> = new Map(
  Array.from({ length: 30 }, (_, n) => {
    const name = `pod-${String(n)}`;
    const result = parsePod({
      ...{ name, instances: 3, exclusive: n % 3 !== 0 },
      containers: [{ name: 'app', image: 'a:1', resources: { memory: '128Mi' } }],
    });
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    return [name, { state: 'valid', pod: result.pod, revision: 'r', definedAt: n }];
  }),
);

const SLOTS = [...PODS.keys()].flatMap((pod) => [0, 1, 2].map((index) => slotIdOf({ pod, index })));

/** Agents that do nothing but claim, over one Consul in memory; time goes in steps. */
class Simulation {
  now = 0;
  readonly claims = new Map<SlotId, ClaimView>();
  readonly closedUntil = new Map<SlotId, number>();
  readonly claimedAt = new Map<SlotId, number>();
  readonly #sessions = new Map<string, string>();
  readonly #instances = new Map<string, string>();
  readonly #agents = new Map<string, { readonly homecoming: Homecoming; readonly free: FreeSlots }>();
  readonly #known: readonly string[];

  constructor(known: readonly string[]) {
    this.#known = known;
  }

  boot(host: string): void {
    const homecoming = new Homecoming({ host, patienceMs: PATIENCE_MS });
    this.#agents.set(host, { homecoming, free: new FreeSlots() });
    this.#instances.set(host, String(this.now));
    // Whoever is back before Consul has missed it resumes the session of before.
    if (!this.#sessions.has(host)) this.#sessions.set(host, `${host}@${String(this.now)}`);
  }

  /** The host is gone; Consul sees it at once, or later by `expire`. */
  kill(host: string): void {
    this.#agents.delete(host);
  }

  expire(host: string): void {
    const session = this.#sessions.get(host);
    if (session === undefined) return;
    this.#sessions.delete(host);
    for (const [id, claim] of this.claims) {
      if (claim.session !== session) continue;
      this.claims.set(id, { epoch: claim.epoch, host });
      if (isExclusive(id)) this.closedUntil.set(id, this.now + LOCK_DELAY_MS);
    }
  }

  run(untilMs: number): void {
    for (; this.now < untilMs; this.now += STEP_MS) for (const host of this.#agents.keys()) this.#cycle(host);
  }

  /** How many slots each host holds, and how many of them are where they were. */
  spread(
    homes: ReadonlyMap<SlotId, string> = new Map(),
  ): Readonly<Record<string, readonly [number, number]>> {
    return Object.fromEntries(
      this.#known.map((host) => {
        const held = SLOTS.filter((id) => this.#holder(id) === host);
        return [host, [held.length, held.filter((id) => homes.get(id) === host).length]];
      }),
    );
  }

  homes(): ReadonlyMap<SlotId, string> {
    return new Map(SLOTS.map((id) => [id, this.#holder(id) ?? '']));
  }

  #holder(id: SlotId): string | undefined {
    const claim = this.claims.get(id);
    return claim?.session === undefined ? undefined : claim.host;
  }

  #cycle(host: string): void {
    for (const [id, { actions }] of plan(this.#snapshotOf(host)).slots) {
      const acquire = actions.find((action) => action.type === 'acquire-claim');
      const closed = (this.closedUntil.get(id) ?? 0) > this.now;
      if (acquire === undefined || closed || this.#holder(id) !== undefined) continue;
      const epoch = (this.claims.get(id)?.epoch ?? 0) + 1;
      this.claims.set(id, { epoch, host, session: acquire.session, revision: 'r' });
      this.claimedAt.set(id, this.now);
    }
  }

  #snapshotOf(host: string): Snapshot {
    const agent = this.#agents.get(host);
    const session = this.#sessions.get(host) ?? '';
    const { now, claims } = this;
    const sessions = { exclusive: session, shared: session };
    const hosts = this.#known.map((name): Host => {
      const held = this.#sessions.get(name);
      const record = { instance: this.#instances.get(name) } as HostRecord;
      return { host: name, modifyIndex: 1, record, ...(held === undefined ? {} : { session: held }) };
    });
    const awaited = agent?.homecoming.observe({ now, sessions, claims, hosts, drains: [], containers: [] });
    const options = { now, opensAt: -Infinity, host, awaited, lockDelayMs: LOCK_DELAY_MS };
    const freeSince = agent?.free.observe({ pods: PODS, claims }, options) ?? new Map<SlotId, number>();
    const peers = hosts.map(({ host: name, session: held }) => ({
      ...{ name, facts: factsOf(name), present: held !== undefined, draining: false, refusals: [] },
    }));
    return {
      ...EMPTY,
      now,
      host: hostOf(host),
      sessions,
      fleet: {
        ...{ peers, freeSince, claimStepMs: 1_000, lockDelayMs: LOCK_DELAY_MS, replacements: new Map() },
        ...(awaited === undefined ? {} : { awaited: awaited.hosts }),
      },
      claims: new Map(claims),
      // What is held is as good as there: nothing is done about it.
      busy: new Map(
        [...claims].flatMap(([id, claim]) =>
          claim.session === session ? [[id, { revision: 'r', hostPorts: [], gpus: [] }] as const] : [],
        ),
      ),
    };
  }
}

const EMPTY = {
  ...{ stopping: false, definitionsInDoubt: false, pods: PODS, containers: [], networks: [], services: [] },
  ...{ failures: new Map(), teardownFailures: new Map(), secrets: new Map(), images: new Map() },
  ...{ listening: [], routes: [] },
};

function isExclusive(id: SlotId): boolean {
  const view = PODS.get(slotRefOf(id).pod);
  return view?.state === 'valid' && view.pod.exclusive;
}

function factsOf(name: string): Snapshot['host']['facts'] {
  return {
    ...{ hostname: name, labels: {}, gpus: [], os: { platform: 'linux' }, kernel: { version: '6' } },
    ...{ cpu: { cores: 8, architecture: 'amd64' }, disk: { totalBytes: 2 ** 40 } },
    // Room for 64 slots: neither one host nor two of three can be the home of all.
    memory: { totalBytes: 2 ** 33 },
  };
}

function hostOf(name: string): Snapshot['host'] {
  return {
    ...{ name, facts: factsOf(name), secureIp: '10.0.0.1', internalIp: '10.0.0.1' },
    ...{ portRange: { from: 20_000, to: 29_999 } },
    podSubnets: { range: '10.213.0.0/16', prefixLength: 28 },
  };
}

const HOSTS = ['a', 'b', 'c'];

/** Three hosts with 90 slots, spread over them. */
function begun(): { readonly fleet: Simulation; readonly homes: ReadonlyMap<SlotId, string> } {
  const fleet = new Simulation(HOSTS);
  for (const host of HOSTS) fleet.boot(host);
  fleet.run(20_000);
  const counts = Object.values(fleet.spread()).map(([count]) => count);
  expect(counts).toEqual([30, 30, 30]);
  return { fleet, homes: fleet.homes() };
}

/** When the last slot was claimed, counted from a moment. */
function lastClaim(fleet: Simulation, from: number): number {
  return Math.max(...fleet.claimedAt.values()) - from;
}

const HOME = { a: [30, 30], b: [30, 30], c: [30, 30] };

describe('after a power cut of all hosts', () => {
  it.each([
    ['Consul has seen all of them go', 0],
    ['the sessions of before seem to live on', 12_000],
  ])('slots go home, although hosts are up at different times and %s', (_, expireAfterMs) => {
    const { fleet, homes } = begun();
    const cut = fleet.now;
    for (const host of HOSTS) fleet.kill(host);
    if (expireAfterMs === 0) for (const host of HOSTS) fleet.expire(host);
    fleet.run(cut + 10_000);
    // Whoever takes its name anew ends its session of before.
    for (const [host, afterMs] of [
      ['a', 10_000],
      ['b', 17_000],
      ['c', 29_000],
    ] as const) {
      fleet.run(cut + afterMs);
      fleet.expire(host);
      fleet.boot(host);
      fleet.run(cut + Math.max(afterMs, expireAfterMs));
      if (host === 'b' && expireAfterMs > 0) fleet.expire('c');
    }
    fleet.run(cut + 60_000);
    expect(fleet.spread(homes)).toEqual(HOME);
    expect(lastClaim(fleet, cut)).toBeLessThanOrEqual(29_000 + LOCK_DELAY_MS + STEP_MS);
  });

  it('slots go home although the first host was back so soon that its sessions lived', () => {
    const { fleet, homes } = begun();
    const cut = fleet.now;
    for (const host of HOSTS) fleet.kill(host);
    fleet.run(cut + 2_000);
    fleet.boot('a');
    // The losses of the others are seen one after the other.
    fleet.run(cut + 6_000);
    fleet.expire('b');
    fleet.run(cut + 9_000);
    fleet.expire('c');
    fleet.boot('b');
    fleet.run(cut + 16_000);
    fleet.boot('c');
    fleet.run(cut + 40_000);
    expect(fleet.spread(homes)).toEqual(HOME);
  });

  it('the slots of one that stays away are spread over the others, once the patience is over', () => {
    const { fleet, homes } = begun();
    const cut = fleet.now;
    for (const host of HOSTS) fleet.kill(host);
    for (const host of HOSTS) fleet.expire(host);
    fleet.run(cut + 10_000);
    fleet.boot('a');
    fleet.run(cut + 18_000);
    fleet.boot('b');
    fleet.run(cut + 120_000);
    const { a, b, c } = fleet.spread(homes);
    expect([a?.[1], b?.[1], c]).toEqual([30, 30, [0, 0]]);
    expect((a?.[0] ?? 0) + (b?.[0] ?? 0)).toBe(90);
    expect(Math.abs((a?.[0] ?? 0) - (b?.[0] ?? 0))).toBeLessThanOrEqual(8);
    // Patience is counted from the return of the last that came.
    expect(lastClaim(fleet, cut)).toBeGreaterThanOrEqual(18_000 + PATIENCE_MS);
    expect(lastClaim(fleet, cut)).toBeLessThanOrEqual(18_000 + PATIENCE_MS + 2_000);
  });
});

describe('while some hosts are there', () => {
  it('the slots of one that is lost are elsewhere as soon as their locks open', () => {
    const { fleet } = begun();
    const lost = fleet.now;
    fleet.kill('c');
    fleet.expire('c');
    fleet.run(lost + 20_000);
    const { a, b, c } = fleet.spread();
    expect([(a?.[0] ?? 0) + (b?.[0] ?? 0), c?.[0]]).toEqual([90, 0]);
    expect(lastClaim(fleet, lost)).toBeLessThanOrEqual(LOCK_DELAY_MS + STEP_MS);
  });

  it('a host that was never there before takes what a lost one had, at once', () => {
    const fleet = new Simulation(['a', 'new']);
    fleet.boot('a');
    fleet.run(10_000);
    const lost = fleet.now;
    fleet.kill('a');
    fleet.expire('a');
    fleet.boot('new');
    fleet.run(lost + 20_000);
    expect(fleet.spread().new?.[0]).toBeGreaterThan(60);
    expect(lastClaim(fleet, lost)).toBeLessThanOrEqual(LOCK_DELAY_MS + STEP_MS);
  });

  it('those of two of three that go at once, and come back, go home', () => {
    const { fleet, homes } = begun();
    const lost = fleet.now;
    for (const host of ['b', 'c']) fleet.kill(host);
    for (const host of ['b', 'c']) fleet.expire(host);
    fleet.run(lost + 15_000);
    fleet.boot('b');
    fleet.run(lost + 25_000);
    fleet.boot('c');
    fleet.run(lost + 60_000);
    expect(fleet.spread(homes)).toEqual(HOME);
  });

  it('those of two of three that stay away are on the third once the patience is over, if there is room', () => {
    const { fleet } = begun();
    const lost = fleet.now;
    for (const host of ['b', 'c']) fleet.kill(host);
    for (const host of ['b', 'c']) fleet.expire(host);
    fleet.run(lost + PATIENCE_MS - STEP_MS);
    expect(fleet.spread()).toMatchObject({ a: [30, 0] });
    fleet.run(lost + PATIENCE_MS + 2_000);
    expect(fleet.spread()).toMatchObject({ a: [64, 0] });
  });

  it('the loss of another host soon after all came back is made good at once', () => {
    const { fleet } = begun();
    for (const host of HOSTS) fleet.kill(host);
    for (const host of HOSTS) fleet.expire(host);
    for (const host of HOSTS) fleet.boot(host);
    fleet.run(fleet.now + 15_000);
    const lost = fleet.now;
    fleet.kill('c');
    fleet.expire('c');
    fleet.run(lost + 20_000);
    expect(fleet.spread()).toMatchObject({ c: [0, 0] });
    expect(lastClaim(fleet, lost)).toBeLessThanOrEqual(LOCK_DELAY_MS + STEP_MS);
  });
});
