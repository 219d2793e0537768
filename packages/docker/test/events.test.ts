import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createDocker } from '../src/index.js';
import type { Docker, DockerEvent } from '../src/index.js';
import { startFakeServer } from './fake-server.js';
import type { FakeServer } from './fake-server.js';
import { poll } from './poll.js';

vi.setConfig({ testTimeout: 30_000 });

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const DIE = {
  Type: 'container',
  Action: 'die',
  Actor: { ID: 'abc', Attributes: { name: 'web', exitCode: '1', image: 'web:1' } },
  time: 1,
  timeNano: 1_500_000_000,
};

interface Source {
  readonly docker: Docker;
  readonly server: FakeServer;
  readonly streams: ServerResponse[];
  refuse: boolean;
}

async function source(): Promise<Source> {
  const streams: ServerResponse[] = [];
  const server = await startFakeServer((_, response) => {
    if (self.refuse) {
      response.destroy();
      return;
    }
    response.writeHead(200).flushHeaders();
    streams.push(response);
  });
  const docker = createDocker({ host: `tcp://${server.address}` });
  cleanUps.push(
    () => server.close(),
    () => {
      docker.close();
    },
  );
  const self: Source = { docker, server, streams, refuse: false };
  return self;
}

const quick = { minDelayMs: 1, maxDelayMs: 20 };

/** Reads in the background, as an agent does. */
function collect(events: AsyncIterable<DockerEvent>): { seen: DockerEvent[]; ended: Promise<void> } {
  const seen: DockerEvent[] = [];
  const ended = (async () => {
    for await (const event of events) seen.push(event);
  })();
  return { seen, ended };
}

function kinds(seen: readonly DockerEvent[]): string[] {
  return seen.map(({ kind }) => kind);
}

describe('events', () => {
  it('says when it is connected, then what happens', async () => {
    const { docker, streams, server } = await source();
    const controller = new AbortController();
    const filters = { type: ['container'], label: ['a=b'] };
    const { seen, ended } = collect(docker.events({ signal: controller.signal, filters }));
    await poll(() => kinds(seen)).toEqual(['connected']);
    expect(decodeURIComponent(server.requests[0]!)).toBe(`GET /events?filters=${JSON.stringify(filters)}`);
    const bytes = Buffer.from(`${JSON.stringify(DIE)}\n`);
    streams[0]!.write(bytes.subarray(0, 40));
    await new Promise((resolve) => setTimeout(resolve, 20));
    streams[0]!.write(bytes.subarray(40));
    await poll(() => seen[1]).toEqual({
      kind: 'event',
      type: 'container',
      action: 'die',
      id: 'abc',
      name: 'web',
      attributes: DIE.Actor.Attributes,
      timeMs: 1500,
    });
    controller.abort();
    await ended;
    await poll(() => server.abandoned.length).toBe(1);
  });

  it.each([
    ['ended', (stream: ServerResponse) => stream.end()],
    ['cut', (stream: ServerResponse) => stream.destroy()],
    ['broken', (stream: ServerResponse) => stream.write('no JSON\n')],
  ])('comes back after the stream was %s', async (_, lose) => {
    const { docker, streams } = await source();
    const { seen, ended } = collect(docker.events(quick));
    await poll(() => streams.length).toBe(1);
    lose(streams[0]!);
    await poll(() => kinds(seen)).toEqual(['connected', 'disconnected', 'connected']);
    expect(seen[1]).toMatchObject({ error: { code: 'DOCKER_UNAVAILABLE' } });
    docker.close();
    await ended;
  });

  it('keeps trying while the engine is away, and tells it once', async () => {
    const self = await source();
    self.refuse = true;
    const { seen, ended } = collect(self.docker.events(quick));
    await poll(() => self.server.requests.length).toBeGreaterThan(5);
    expect(kinds(seen)).toEqual(['disconnected']);
    self.refuse = false;
    await poll(() => kinds(seen)).toEqual(['disconnected', 'connected']);
    self.docker.close();
    await ended;
  });

  it('closes the connection of a consumer who stops listening', async () => {
    const { docker, server } = await source();
    for await (const event of docker.events()) {
      expect(event.kind).toBe('connected');
      break;
    }
    await poll(() => server.abandoned.length).toBe(1);
  });

  it('ends at once under an aborted signal, and during a delay', async () => {
    const self = await source();
    await collect(self.docker.events({ signal: AbortSignal.abort() })).ended;
    expect(self.server.requests).toEqual([]);
    self.refuse = true;
    const controller = new AbortController();
    const slow = { signal: controller.signal, minDelayMs: 60_000, maxDelayMs: 60_000 };
    const { seen, ended } = collect(self.docker.events(slow));
    await poll(() => kinds(seen)).toEqual(['disconnected']);
    controller.abort();
    await ended;
  });
});
