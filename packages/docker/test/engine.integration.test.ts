import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDocker } from '../src/index.js';
import type { DockerEvent } from '../src/index.js';
import { poll } from './poll.js';
import { IDLE, workbench } from './real-engine.js';
import type { Workbench } from './real-engine.js';
import { rejection } from './rejection.js';
import { startProxy } from './tcp-proxy.js';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});
afterAll(async () => {
  await bench.cleanUp();
});

/** The socket behind the tests' default engine; tests that need a way in between use the local one. */
const SOCKET = process.env.DOCKER_HOST?.replace(/^unix:\/\//, '') ?? '/var/run/docker.sock';

describe('the engine', () => {
  it('answers, and has the API that is needed', async () => {
    await bench.docker.ping();
    const { version, apiVersion, os, arch } = await bench.docker.version();
    expect(version).toMatch(/^\d+\./);
    expect(Number(apiVersion.split('.')[1])).toBeGreaterThanOrEqual(41);
    expect([os, arch].join()).toMatch(/^linux,\w+$/);
  });

  it('is reached over tcp as well', async () => {
    const proxy = await startProxy(SOCKET);
    const docker = createDocker({ host: proxy.host });
    expect(await docker.version()).toEqual(await bench.docker.version());
    docker.close();
    await proxy.cut();
  });
});

describe('events of the engine', () => {
  it('tell of a death, and go on after the connection was lost', async () => {
    const proxy = await startProxy(SOCKET);
    const docker = createDocker({ host: proxy.host });
    const seen: DockerEvent[] = [];
    const label = Object.entries(bench.labels).map(([name, value]) => `${name}=${value}`);
    const filters = { type: ['container'], label, event: ['start', 'die', 'kill'] };
    const ended = (async () => {
      for await (const event of docker.events({ filters, minDelayMs: 10, maxDelayMs: 100 })) seen.push(event);
    })();
    const told = (): string[] => seen.map((event) => (event.kind === 'event' ? event.action : event.kind));
    await poll(told).toEqual(['connected']);
    const name = bench.name('events');
    const id = await bench.run('exit 4', { name });
    await poll(told).toEqual(['connected', 'start', 'die']);
    expect(seen[2]).toMatchObject({
      type: 'container',
      id,
      name,
      attributes: { exitCode: '4', image: bench.image },
    });
    expect(Math.abs((seen[2] as { timeMs: number }).timeMs - Date.now())).toBeLessThan(60_000);

    await proxy.cut();
    await poll(told).toEqual(['connected', 'start', 'die', 'disconnected']);
    await proxy.mend();
    await poll(() => told().slice(3)).toEqual(['disconnected', 'connected']);
    const other = await bench.run(IDLE);
    await bench.docker.containers.kill(other);
    await poll(() => told().slice(5)).toEqual(['start', 'kill', 'die']);
    docker.close();
    await ended;
    await proxy.cut();
  });
});

describe('losing the engine', () => {
  it('ends what waits, as unavailable, and the next call works again', async () => {
    const proxy = await startProxy(SOCKET);
    const docker = createDocker({ host: proxy.host });
    const id = await bench.run(IDLE);
    const following = async (): Promise<void> => {
      for await (const line of docker.containers.logs(id, { follow: true })) expect(line).toBeUndefined();
    };
    const lost = Promise.all([
      rejection(docker.containers.wait(id)),
      rejection(following()),
      rejection(docker.containers.exec(id, { command: ['sleep', '60'] })),
    ]);
    await poll(
      async () =>
        (await bench.docker.containers.exec(id, { command: ['/bin/sh', '-c', 'cat /proc/[0-9]*/cmdline'] }))
          .stdout,
    ).toContain('60');
    await proxy.cut();
    for (const error of await lost)
      expect(error).toMatchObject({ code: 'DOCKER_UNAVAILABLE', retryable: true });
    expect((await rejection(docker.ping())).code).toBe('DOCKER_UNAVAILABLE');
    await proxy.mend();
    await docker.ping();
    docker.close();
    await proxy.cut();
  });
});
