import { setTimeout as sleep } from 'node:timers/promises';

import { eventually, exampleImage } from '@raftainer/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { Fleet } from '../harness/fleet.js';
import { fleetObstacle } from '../harness/obstacle.js';

import type { Definition } from '../proof/pods.js';

const obstacle = fleetObstacle();
const INSTANCES = 3;
const LOOK_MS = 200;
/** Longer than an edit of all slots takes, each of which has to be well for 10 s before the next. */
const EDITS_MS = 60_000;

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const SERVER = `require('node:http').createServer((_, answer) => answer.end()).listen(+process.env.PORT)`;
const ENDS_LATER = `setTimeout(() => process.exit(3), 8_000)`;
const LASTS = `setInterval(() => undefined, 1_000)`;

/** What is changed of a pod that serves, by the name of the pod. */
const EDITS = {
  good: { environment: { PORT: '8080', VERSION: '2' } },
  'missing-image': { image: 'raftainer/never-made:1', pull: 'never' },
  'wrong-check': { checkPort: 9 },
  'other-port': { environment: { PORT: '8081' } },
  'ends-at-once': { script: 'process.exit(3)' },
  'ends-later': { script: ENDS_LATER },
} as const;

type Name = keyof typeof EDITS;

interface Changes {
  readonly checkPort?: number;
  readonly script?: string;
  readonly [field: string]: unknown;
}

const NAMES = Object.keys(EDITS) as readonly Name[];

/** Those that end later have no check: that they run is all that anybody knows. */
function define(name: Name, image: string, changes: Changes = {}): Definition {
  const plain = name === 'ends-later';
  const { checkPort = 8080, script = plain ? LASTS : SERVER, ...fields } = changes;
  const timing = { interval: '1s', timeout: '2s', threshold: 2 };
  const healthCheck = { type: 'http', port: checkPort, path: '/', ...timing };
  const container = {
    ...{ name: 'app', image, init: true, command: ['node', '-e', script] },
    ...{ environment: { PORT: '8080' }, ...(plain ? {} : { healthCheck }), ...fields },
  };
  const restart = { attempts: 3, interval: '10m', delay: '500ms', backoff: { factor: 1, maxDelay: '500ms' } };
  return { name, instances: INSTANCES, stopGracePeriod: '1s', restart, containers: [container] };
}

describe.skipIf(obstacle !== undefined)(`edits (${obstacle ?? 'on three hosts'})`, () => {
  const made: Fleet[] = [];
  let fleet: Fleet;
  let image: string;

  beforeAll(async () => {
    image = await exampleImage();
    fleet = await Fleet.create({ hosts: 3, servers: 1, images: ['example'] });
    made.push(fleet);
    for (const name of NAMES) await fleet.apply(define(name, image));
    await untilServing();
  });

  afterAll(async () => {
    for (const each of made) await each.close();
  });

  async function passing(name: Name): Promise<number> {
    return (await fleet.consul.services.health(name, { passing: true })).length;
  }

  async function untilServing(): Promise<void> {
    await eventually(
      async () => {
        const counts = await Promise.all(NAMES.map(passing));
        expect(Object.fromEntries(NAMES.map((name, at) => [name, counts[at]]))).toEqual(
          Object.fromEntries(NAMES.map((name) => [name, INSTANCES])),
        );
      },
      { timeoutMs: 120_000, intervalMs: LOOK_MS },
    );
  }

  /** The fewest instances of each pod that clients were given meanwhile. */
  async function fewestDuring(ms: number): Promise<ReadonlyMap<Name, number>> {
    const fewest = new Map<Name, number>(NAMES.map((name) => [name, INSTANCES]));
    const endsAt = performance.now() + ms;
    while (performance.now() < endsAt) {
      await Promise.all(
        NAMES.map(async (name) => {
          fewest.set(name, Math.min(fewest.get(name) ?? 0, await passing(name)));
        }),
      );
      await sleep(LOOK_MS);
    }
    return fewest;
  }

  it('disturb one slot at a time, stop at the first that is not well, and are undone by a revert', async () => {
    for (const name of NAMES) await fleet.apply(define(name, image, EDITS[name]));
    const fewest = await fewestDuring(EDITS_MS);
    // What cannot be prepared disturbs nobody, everything else one slot.
    for (const name of NAMES)
      expect([name, fewest.get(name)]).toEqual([name, name === 'missing-image' ? INSTANCES : INSTANCES - 1]);
    const statuses = await fleet.cluster.statuses.listFor('missing-image');
    expect(statuses.map(({ status }) => status?.phase)).toEqual(['healthy', 'healthy', 'healthy']);
    expect(statuses.map(({ status }) => status?.message)).toContainEqual(
      expect.stringContaining('the edit could not be made, and what ran before it runs on'),
    );
    const claims = await fleet.cluster.claims.list();
    const revisions = claims.flatMap(({ pod, info }) => (pod === 'good' ? [info?.revision] : []));
    expect(new Set(revisions).size).toBe(1);

    for (const name of NAMES) if (name !== 'good') await fleet.apply(define(name, image));
    await untilServing();
  });
});
