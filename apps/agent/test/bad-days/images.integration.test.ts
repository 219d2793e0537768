import { createDocker } from '@raftainer/docker';
import { eventually, testImage, uniqueName } from '@raftainer/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { dockerRequest } from '../../../../scripts/docker-api.mjs';
import { startBadRegistry } from '../support/bad-registry.js';
import { sleepingPod } from '../support/definitions.js';
import { TestHost } from '../support/test-host.js';
import { Witness, passing, runsOf, untilPassing } from '../support/witness.js';

import type { SlotStatus } from '@raftainer/cluster';
import type { BadRegistry } from '../support/bad-registry.js';
import type { Definition } from '../support/definitions.js';

// The agent looks at what tells nobody (ports of other processes, registrations) every half minute.
vi.setConfig({ testTimeout: 180_000 });

let host: TestHost;
let image: string;
let witness: Witness;
let registry: BadRegistry;

beforeAll(async () => {
  image = await testImage();
  registry = await startBadRegistry('empty');
  host = await TestHost.create();
  witness = await Witness.start(host, image);
});

afterAll(async () => {
  await witness.expectUndisturbed();
  await host.close();
  await registry.close();
});

/** Waits until the slot says that an edit of it could not be made. */
async function untilNotEdited(pod: string): Promise<SlotStatus> {
  return eventually(
    async () => {
      const status = await host.status(pod);
      return status?.message?.includes('what ran before it runs on') === true && status;
    },
    { timeoutMs: 90_000, intervalMs: 200 },
  );
}

describe('an image that does not exist', () => {
  const pod = uniqueName('ghost');
  const definition = (): Definition => ({
    ...sleepingPod(pod, `${registry.address}/${pod}:1`),
    restart: { delay: '200ms', backoff: { factor: 3, maxDelay: '10m' }, attempts: 50 },
  });

  it('is told in the status, and tried again ever more rarely', async () => {
    await host.put(definition());
    const status = await host.untilPhase(pod, ['backoff']);
    expect(status.reason).toBe('DOCKER_IMAGE_NOT_FOUND');
    expect(status.message).toContain(`${registry.address}/${pod}:1`);
    const told = await eventually(
      async () => {
        const again = await host.status(pod);
        expect(again?.restarts).toBeGreaterThanOrEqual(4);
        return again;
      },
      { timeoutMs: 60_000 },
    );
    // 200 + 600 + 1 800 ms have passed at least; a loop without back-off would have asked hundreds of times.
    expect(told?.restarts).toBeLessThan(8);
    expect(await host.containers(pod)).toEqual([]);
    expect(await passing(host, pod)).toBe(0);
    await witness.expectUndisturbed();
  });

  it('is over as soon as the definition is edited, without waiting for the back-off', async () => {
    // The next try of the old definition would be minutes away.
    await eventually(
      async () => {
        expect((await host.status(pod))?.restarts).toBeGreaterThanOrEqual(5);
      },
      { timeoutMs: 60_000 },
    );
    await host.put(sleepingPod(pod, image));
    await host.untilRunning(pod);
    await untilPassing(host, pod);
    expect((await host.status(pod))?.restarts).toBe(0);
  });

  it('leaves what runs alone when the image is changed to one that does not exist, and back', async () => {
    const before = await runsOf(host, pod);
    await host.put(definition());
    const status = await untilNotEdited(pod);
    expect(status.phase).toBe('running');
    expect(status.reason).toBe('DOCKER_IMAGE_NOT_FOUND');
    expect(status.containers).toMatchObject([{ state: 'running' }]);
    expect(await runsOf(host, pod)).toEqual(before);
    expect(await passing(host, pod)).toBe(1);
    await host.put(sleepingPod(pod, image));
    await host.untilRunning(pod);
    expect(await runsOf(host, pod)).toEqual(before);
    await host.cluster.pods.remove(pod);
    await host.untilGone(pod);
  });
});

describe('a registry that does not answer while the pod runs', () => {
  const pod = uniqueName('pulled');
  const docker = createDocker();
  let reference: string;

  beforeAll(async () => {
    const repository = `${registry.address}/${pod}`;
    reference = `${repository}:1`;
    const engine = process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock';
    const path = `/images/${encodeURIComponent(image)}/tag?repo=${encodeURIComponent(repository)}&tag=1`;
    expect((await dockerRequest(engine, path, { method: 'POST' })).status).toBe(201);
    await host.put(sleepingPod(pod, reference));
    await host.untilRunning(pod);
    await untilPassing(host, pod);
    // From now on every container of it asks the registry first.
    await host.put(sleepingPod(pod, reference, { pull: 'always' }));
    registry.mood = 'silent';
  });

  afterAll(async () => {
    await host.cluster.pods.remove(pod);
    await host.untilGone(pod);
    await docker.images.remove(reference);
    docker.close();
  });

  const edited = (colour: string, pull = 'always'): Definition =>
    sleepingPod(pod, reference, { pull, environment: { COLOUR: colour } });

  it('keeps the old container running and serving through an edit', async () => {
    const before = await runsOf(host, pod);
    const asked = registry.requests();
    await host.put(edited('red'));
    const status = await host.untilPhase(pod, ['pulling']);
    expect(status.containers).toMatchObject([{ state: 'running' }]);
    await eventually(() => registry.requests() > asked, { timeoutMs: 30_000 });
    expect(await runsOf(host, pod)).toEqual(before);
    expect(await passing(host, pod)).toBe(1);
    await witness.expectUndisturbed();
  });

  it('keeps it when the agent is killed and started again meanwhile', async () => {
    const before = await runsOf(host, pod);
    await host.agent.end('SIGKILL');
    const asked = registry.requests();
    host.agent.start();
    await eventually(() => registry.requests() > asked, { timeoutMs: 60_000 });
    expect(await runsOf(host, pod)).toEqual(before);
    expect(await passing(host, pod)).toBe(1);
  });

  it('says why nothing moves once the registry is gone altogether', async () => {
    const before = await runsOf(host, pod);
    await registry.close();
    const status = await untilNotEdited(pod);
    expect(status.reason).toMatch(/^DOCKER_(REGISTRY_UNREACHABLE|PULL_)/);
    expect(status.message).toContain(reference);
    expect(status.containers).toMatchObject([{ state: 'running' }]);
    expect(await runsOf(host, pod)).toEqual(before);
    expect(await passing(host, pod)).toBe(1);
    await witness.expectUndisturbed();
  });

  it('goes on as soon as the definition no longer needs the registry', async () => {
    const [before] = await runsOf(host, pod);
    await host.put(edited('blue', 'missing'));
    await eventually(
      async () => {
        const [now] = await host.containers(pod);
        expect(now?.id).not.toBe(before?.id);
        expect(now?.state).toBe('running');
      },
      { timeoutMs: 60_000 },
    );
    await untilPassing(host, pod);
  });
});
