import { setTimeout as sleep } from 'node:timers/promises';

import { eventually, testImage, uniqueName } from '@raftainer/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { raftainer } from '../support/cli-process.js';
import { sleeper, sleepingPod } from '../support/definitions.js';
import { TestHost } from '../support/test-host.js';
import { Witness, passing, runsOf, untilPassing } from '../support/witness.js';

/** Of the agent's health checks in Consul. */
const TTL_MS = 60_000;
/** Long enough for a cycle or two that would do harm. */
const A_WHILE_MS = 1_500;

vi.setConfig({ testTimeout: 180_000 });

let host: TestHost;
let image: string;
let witness: Witness;
let neglected: Neglected;

beforeAll(async () => {
  image = await testImage();
  host = await TestHost.create();
  witness = await Witness.start(host, image);
  neglected = await breakFirst(uniqueName('neglected'));
});

afterAll(async () => {
  await witness.expectUndisturbed();
  await host.close();
});

async function untilRefused(pod: string, words: RegExp): Promise<string> {
  return eventually(
    async () => {
      const text = (await host.refusals(pod)).join('\n');
      expect(text).toMatch(words);
      return text;
    },
    { timeoutMs: 30_000 },
  );
}

async function untilNotRefused(pod: string): Promise<void> {
  await eventually(
    async () => {
      expect(await host.refusals(pod)).toEqual([]);
    },
    { timeoutMs: 30_000 },
  );
}

async function expectNothingMade(pod: string): Promise<void> {
  await sleep(A_WHILE_MS);
  expect(await host.containers(pod)).toEqual([]);
  expect(await host.networks(pod)).toEqual([]);
  expect((await host.cluster.claims.list()).filter((claim) => claim.pod === pod)).toEqual([]);
}

/** A pod of which the definition is broken while the other tests run. */
interface Neglected {
  readonly pod: string;
  readonly runs: Awaited<ReturnType<typeof runsOf>>;
  readonly brokenAt: number;
}

async function breakFirst(pod: string): Promise<Neglected> {
  await host.put(sleepingPod(pod, image));
  await host.untilRunning(pod);
  await untilPassing(host, pod);
  const runs = await runsOf(host, pod);
  await host.putText(pod, 'oops');
  await untilRefused(pod, /JSON/);
  return { pod, runs, brokenAt: performance.now() };
}

describe('a definition that goes wrong while its pod runs', () => {
  const pod = uniqueName('good');
  const broken = [
    ['no JSON', '{ "name": "', /JSON/],
    ['a list', '[]', /object/],
    ['nothing', '', /empty/],
    ['an unknown field', JSON.stringify({ ...sleepingPod(pod, 'i'), instanses: 2 }), /instanses.*instances/s],
    [
      'a value of the wrong type, deep inside',
      JSON.stringify(sleepingPod(pod, 'i', { ports: [{ name: 'http', containerPort: 'many' }] })),
      /containers\[0\]\.ports\[0\]\.containerPort/,
    ],
    ['another name', JSON.stringify(sleepingPod('other', 'i')), /"other".*must be equal/],
    ['a kind to come', JSON.stringify({ ...sleepingPod(pod, 'i'), kind: 'job' }), /kind.*not supported yet/],
    [
      'a secret that is a way out',
      JSON.stringify(
        sleepingPod(pod, 'i', { environment: { KEY: { vault: { path: 'secret/../sys', key: 'b' } } } }),
      ),
      /vault\.path: expected the path of a secret/,
    ],
    [
      'credentials for a registry',
      JSON.stringify(sleepingPod(pod, 'i', { registry: { vault: { path: 'secret/registry' } } })),
      /registry: not supported yet/,
    ],
    ['half a megabyte of junk', 'x'.repeat(511 * 1024), /JSON/],
  ] as const;

  beforeAll(async () => {
    await host.put(sleepingPod(pod, image));
    await host.untilRunning(pod);
    await untilPassing(host, pod);
  });

  it.each(broken)('leaves it alone: %s', async (_what, text, words) => {
    const before = await runsOf(host, pod);
    await host.putText(pod, text);
    const told = await untilRefused(pod, words);
    expect(told.length).toBeLessThan(2_000);
    await sleep(A_WHILE_MS);
    expect(await runsOf(host, pod)).toEqual(before);
    expect(await passing(host, pod)).toBe(1);
    await witness.expectUndisturbed();
    await host.put(sleepingPod(pod, image));
    await untilNotRefused(pod);
    expect(await runsOf(host, pod)).toEqual(before);
  });

  it('leaves it alone when it comes to ask for what the host does not have, and says so in its status', async () => {
    const before = await runsOf(host, pod);
    await host.put(sleepingPod(pod, image, { resources: { gpus: { count: 64 } } }));
    await eventually(
      async () => {
        expect((await host.status(pod))?.message).toMatch(/too few free GPUs/);
      },
      { timeoutMs: 30_000 },
    );
    await sleep(A_WHILE_MS);
    expect(await runsOf(host, pod)).toEqual(before);
    expect(await passing(host, pod)).toBe(1);
    await host.put(sleepingPod(pod, image));
    await eventually(
      async () => {
        expect((await host.status(pod))?.message).toBeUndefined();
      },
      { timeoutMs: 30_000 },
    );
    expect(await runsOf(host, pod)).toEqual(before);
  });

  it('stays in charge: a dead container is not revived without a definition, and is as soon as there is one', async () => {
    await host.putText(pod, 'oops');
    await untilRefused(pod, /JSON/);
    const [before] = await runsOf(host, pod);
    await host.docker.containers.kill(before?.id ?? '');
    await eventually(async () => {
      expect(await passing(host, pod)).toBe(0);
    });
    await host.put(sleepingPod(pod, image, { environment: { COLOUR: 'green' } }));
    await untilNotRefused(pod);
    await eventually(
      async () => {
        const [now] = await host.containers(pod);
        expect(now?.state).toBe('running');
        expect(now?.id).not.toBe(before?.id);
      },
      { timeoutMs: 40_000 },
    );
    await untilPassing(host, pod);
  });
});

describe('a new definition that cannot be used', () => {
  it('makes nothing, says why, and runs once it is mended', async () => {
    const pod = uniqueName('new');
    await host.putText(
      pod,
      `{"name":"${pod}","containers":[{"name":"app","image":"${image}","comand":["x"]}]}`,
    );
    await untilRefused(pod, /containers\[0\]\.comand.*command/s);
    await expectNothingMade(pod);
    await host.put(sleepingPod(pod, image));
    await host.untilRunning(pod);
    await untilNotRefused(pod);
    await host.cluster.pods.remove(pod);
    await host.untilGone(pod);
  });

  it.each([
    ['capitals and underscores', 'Bad_Name', 'Bad_Name', /cannot name a pod/],
    ['more than one segment', 'team/web', 'web', /more than one segment/],
    ['a name too long for DNS', 'a'.repeat(64), 'a'.repeat(64), /cannot name a pod/],
    ['a space', 'my pod', 'my pod', /cannot name a pod/],
    ['a name other than its key', uniqueName('key'), 'value', /must be equal/],
  ])('refuses %s', async (...[, key, name, words]) => {
    await host.putText(key, JSON.stringify(sleepingPod(name, image)));
    await untilRefused(key, words);
    await expectNothingMade(name);
    await host.consul.kv.delete(`raftainer/pods/configs/${key}`);
    await untilNotRefused(key);
  });

  it('refuses a container name that Docker could not carry', async () => {
    const pod = uniqueName('inner');
    await host.put(sleepingPod(pod, image, { name: 'My App!' }));
    await untilRefused(pod, /containers\[0\]\.name/);
    await expectNothingMade(pod);
    await host.cluster.pods.remove(pod);
  });

  it('refuses a port whose service would be taken for another pod', async () => {
    const pod = uniqueName('front');
    const other = `${pod}-http`;
    await host.put(sleepingPod(other, image));
    await host.untilRunning(other);
    const before = await runsOf(host, other);
    await host.put(
      sleepingPod(pod, image, { ports: [{ name: 'http', containerPort: 80, publish: 'internal' }] }),
    );
    await untilRefused(pod, /belongs to pod/);
    await expectNothingMade(pod);
    expect(await runsOf(host, other)).toEqual(before);
    for (const name of [pod, other]) await host.cluster.pods.remove(name);
    await host.untilGone(other);
  });
});

describe('a definition too large for Consul', () => {
  it('is refused by the command line, with its size and the limit, and changes nothing', async () => {
    const pod = uniqueName('large');
    await host.put(sleepingPod(pod, image));
    await host.untilRunning(pod);
    const before = await runsOf(host, pod);
    const large = {
      ...sleepingPod(pod, image),
      containers: [sleeper(image, { environment: { BIG: 'x'.repeat(600_000) } })],
    };
    const { code, output } = await raftainer(host, ['apply', '-f', '-'], { stdin: JSON.stringify(large) });
    expect(code).not.toBe(0);
    expect(output.length).toBeLessThan(2_000);
    expect(output).toContain(pod);
    expect(output).toMatch(/larger than 512 KiB.*at least 58\d KiB/);
    await sleep(A_WHILE_MS);
    expect(await runsOf(host, pod)).toEqual(before);
    await host.cluster.pods.remove(pod);
    await host.untilGone(pod);
  });
});

describe('a definition that nobody mends', () => {
  it('keeps its pod in service for longer than its check lives without a beat', async () => {
    const { pod, runs, brokenAt } = neglected;
    await sleep(Math.max(0, brokenAt + TTL_MS + 5_000 - performance.now()));
    expect(await passing(host, pod)).toBe(1);
    expect(await runsOf(host, pod)).toEqual(runs);
  });
});
