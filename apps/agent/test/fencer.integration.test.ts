import { once } from 'node:events';
import { createServer } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createDocker } from '@raftainer/docker';
import { eventually, testImage, uniqueName } from '@raftainer/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { EngineCalls } from '../src/guard/engine-calls.js';
import { Fencer } from '../src/guard/fencer.js';
import { monotonicNow } from '../src/lease/monotonic.js';
import { IDLE } from './support/definitions.js';

import type { Docker } from '@raftainer/docker';
import type { LeaseMessage } from '../src/lease/fence-book.js';
import type { FenceEvent } from '../src/guard/fence-deeds.js';

/** An engine that has died: nothing can be asked, and nothing was ever learnt from it. */
const NO_ENGINE = { DOCKER_HOST: 'unix:///nonexistent/docker.sock' };
const SESSION = 's1';

let docker: Docker;
let image: string;
const made: string[] = [];

beforeAll(async () => {
  docker = createDocker();
  image = await testImage();
});

afterAll(async () => {
  for (const id of made) await docker.containers.remove(id, { force: true });
});

async function startedContainer(): Promise<string> {
  const id = await docker.containers.create({
    name: uniqueName('fencer'),
    image,
    command: ['sh', '-c', IDLE],
  });
  made.push(id);
  await docker.containers.start(id);
  return id;
}

/** Lasts for so long from now. */
function proof(forMs: number): LeaseMessage {
  const sentAt = monotonicNow();
  return { kind: 'renew', session: SESSION, sentAt, fenceAt: sentAt + forMs };
}

async function stateOf(id: string): Promise<string> {
  return (await docker.containers.inspect(id)).state;
}

it('kills what was being started when the engine died, by its control group, and nothing else', async () => {
  const [doomed, bystander] = [await startedContainer(), await startedContainer()];
  const events: FenceEvent[] = [];
  const fencer = new Fencer({
    engine: new EngineCalls(NO_ENGINE),
    labels: {},
    graceLabel: 'none',
    stopTimeoutMs: 1_000,
    fenceAt: Infinity,
    onFence: (event) => events.push(event),
  });
  try {
    fencer.apply(proof(500));
    fencer.apply({ kind: 'starting', session: SESSION, container: doomed });
    await eventually(async () => {
      expect(await stateOf(doomed)).toBe('exited');
    });
    expect(await stateOf(bystander)).toBe('running');
    // Overdue at once, as the terms leave it no time to end by itself.
    expect(events[0]).toEqual({ container: doomed, action: 'killing' });
    expect(events.filter(({ container }) => container !== doomed)).toEqual([]);
  } finally {
    fencer.close();
  }
});

it('kills what is long overdue, as after a freeze of the host, before it asks the engine for anything', async () => {
  const doomed = await startedContainer();
  const { pid } = await docker.containers.inspect(doomed);
  const order: string[] = [];
  // Knows the process, and never comes to tell what runs.
  const engine = createServer(({ url = '' }, response) => {
    const isList = url.startsWith('/containers/json');
    order.push(isList ? 'asked what runs' : 'asked for the process');
    if (!isList) response.end(JSON.stringify({ State: { Pid: pid } }));
  });
  const folder = await mkdtemp(join(tmpdir(), 'raftainer-fencer-'));
  const socket = join(folder, 'docker.sock');
  await once(engine.listen(socket), 'listening');
  const fencer = new Fencer({
    engine: new EngineCalls({ DOCKER_HOST: `unix://${socket}` }),
    // No time to end by itself: overdue at once.
    ...{ labels: {}, graceLabel: 'none', stopTimeoutMs: 1_000, fenceAt: Infinity },
    onFence: ({ action }) => order.push(action),
  });
  try {
    fencer.apply(proof(3_000));
    fencer.apply({ kind: 'containers', session: SESSION, claimed: [doomed], unclaimed: [] });
    await eventually(async () => {
      expect(order).toContain('asked what runs');
      expect(await stateOf(doomed)).toBe('exited');
    });
    expect(order.slice(0, 3)).toEqual(['asked for the process', 'killing', 'asked what runs']);
  } finally {
    fencer.close();
    engine.closeAllConnections();
    engine.close();
    await rm(folder, { recursive: true });
  }
});
