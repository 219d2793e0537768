import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { eventually, testImage, uniqueName } from '@raftainer/testing';

import { sleeper, sleepingPod } from '../support/definitions.js';
import { TestHost } from '../support/test-host.js';
import { runsOf, untilPassing } from '../support/witness.js';
import { removePod } from './support/remove-pod.js';
import { slotContainer, untilReplaced } from './support/slot-container.js';

import type { ContainerRun } from '../support/witness.js';

// Stories of several acts, each with deadlines of its own.
vi.setConfig({ testTimeout: 180_000 });

let host: TestHost;
let image: string;
let folder: string;

beforeAll(async () => {
  [image, folder] = await Promise.all([testImage(), mkdtemp(join(tmpdir(), 'raftainer-stop-'))]);
  host = await TestHost.create();
});

afterAll(async () => {
  await host.close();
  await rm(folder, { recursive: true, force: true });
});

describe('an edit', () => {
  const pod = uniqueName('edited');
  const changed = { environment: { COLOUR: 'blue' } };

  async function put(containers: readonly object[], changes: object = {}): Promise<void> {
    const definition = { name: pod, containers, ...changes };
    await host.put(definition);
  }

  async function runOf(container: string): Promise<ContainerRun | undefined> {
    const { id } = await slotContainer(host, pod, { container });
    return (await runsOf(host, pod)).find((run) => run.id === id);
  }

  /** Waits until the claim names the revision that is stored now. */
  async function untilApplied(revisionBefore: string | undefined): Promise<void> {
    await eventually(
      async () => {
        const status = await host.untilPhase(pod, ['running']);
        expect(status.revision).not.toBe(revisionBefore);
      },
      { timeoutMs: 90_000, intervalMs: 200 },
    );
  }

  it('replaces the container that it changes, and no other', async () => {
    await put([sleeper(image), sleeper(image, { name: 'other' })]);
    const { revision } = await host.untilRunning(pod);
    const [app, other] = await Promise.all([runOf('app'), runOf('other')]);
    await put([sleeper(image, changed), sleeper(image, { name: 'other' })]);
    await untilReplaced(host, pod, { id: app?.id ?? '' });
    await untilApplied(revision);
    expect(await runOf('other')).toEqual(other);
    await untilPassing(host, pod);
  });

  it('adds and drops containers beside those that stay', async () => {
    const { revision } = await host.untilRunning(pod);
    const [app, other] = await Promise.all([runOf('app'), runOf('other')]);
    await put([sleeper(image, changed), sleeper(image, { name: 'third' })]);
    await untilApplied(revision);
    expect(await runOf('app')).toEqual(app);
    expect((await runOf('third'))?.id).toBeDefined();
    expect((await host.containers(pod)).map(({ id }) => id)).not.toContain(other?.id);
    expect(await host.containers(pod)).toHaveLength(2);
  });

  it('of what does not concern running containers touches none', async () => {
    const { revision } = await host.untilRunning(pod);
    const before = await runsOf(host, pod);
    const settings = { stopGracePeriod: '3s', restart: { attempts: 3, delay: '2s' } };
    await put(
      [sleeper(image, { name: 'third' }), sleeper(image, { ...changed, dependsOn: ['third'] })],
      settings,
    );
    await untilApplied(revision);
    expect(await runsOf(host, pod)).toEqual(before);
    expect((await host.cluster.claims.get(pod, 0))?.epoch).toBe(1);
  });

  it('that only writes the same in another way is none', async () => {
    const before = await host.cluster.claims.get(pod, 0);
    const runs = await runsOf(host, pod);
    const witness = uniqueName('witness');
    await put(
      [
        sleeper(image, { name: 'third' }),
        sleeper(image, { ...changed, dependsOn: [{ container: 'third' }] }),
      ],
      { restart: { delay: '2000ms', attempts: 3 }, stopGracePeriod: '3000ms' },
    );
    // What was written later is done by now, so the edit was seen.
    await host.put(sleepingPod(witness, image));
    await host.untilRunning(witness);
    expect(await host.cluster.claims.get(pod, 0)).toEqual(before);
    expect(await runsOf(host, pod)).toEqual(runs);
    await removePod(host, witness);
  });
});

describe('scaling', () => {
  it('adds slots beside those that run, on one host, and takes the last ones away', async () => {
    const pod = uniqueName('scaled');
    await host.put(sleepingPod(pod, image));
    await host.untilRunning(pod);
    const [first] = await runsOf(host, pod);
    await host.cluster.pods.scale(pod, 3);
    await Promise.all([host.untilRunning(pod, 1), host.untilRunning(pod, 2)]);
    await untilPassing(host, pod, 3);
    expect(await runsOf(host, pod)).toContainEqual(first);
    expect((await host.networks(pod)).map(({ name }) => name).sort()).toEqual(
      [0, 1, 2].map((index) => `raftainer-${pod}-${String(index)}`),
    );
    await host.cluster.pods.scale(pod, 1);
    await eventually(async () => (await host.networks(pod)).length === 1, { timeoutMs: 90_000 });
    expect(await runsOf(host, pod)).toEqual([first]);
    await untilPassing(host, pod, 1);
    await host.cluster.pods.scale(pod, 0);
    await host.untilGone(pod);
    expect((await host.cluster.pods.get(pod))?.result.ok).toBe(true);
    await removePod(host, pod);
  });
});

describe('stopping', () => {
  it('takes a slot out of service, then asks its containers, and releases the claim when they are gone', async () => {
    const pod = uniqueName('graceful');
    const onTerm = 'touch /out/asked; until [ -f /out/go ]; do sleep 0.1; done; touch /out/done; exit 0';
    const script = `trap '${onTerm}' TERM; while :; do sleep 0.2 & wait $!; done`;
    await host.put({
      name: pod,
      stopGracePeriod: '10m',
      containers: [
        {
          ...{ name: 'app', image, command: ['sh', '-c', script] },
          volumes: [{ type: 'host', hostPath: folder, mountPath: '/out' }],
        },
      ],
    });
    await host.untilRunning(pod);
    await untilPassing(host, pod);
    await host.cluster.pods.remove(pod);
    await eventually(() => readFile(join(folder, 'asked')), { timeoutMs: 90_000 });
    expect((await slotContainer(host, pod)).state).toBe('running');
    expect(await host.consul.services.health(pod)).toEqual([]);
    expect((await host.cluster.claims.get(pod, 0))?.session).toBeDefined();
    await writeFile(join(folder, 'go'), '');
    await removePod(host, pod);
    await readFile(join(folder, 'done'));
  });

  it('ends a container that does not listen, after its grace period', async () => {
    const pod = uniqueName('stubborn');
    const script = "trap '' TERM; while :; do sleep 1; done";
    await host.put({
      name: pod,
      stopGracePeriod: '1s',
      containers: [{ name: 'app', image, command: ['sh', '-c', script] }],
    });
    await host.untilRunning(pod);
    await removePod(host, pod);
  });
});
