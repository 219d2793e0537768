import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createDocker } from '../src/index.js';
import type { Docker } from '../src/index.js';
import { json, startFakeServer } from './fake-server.js';
import type { FakeServer, Handler } from './fake-server.js';
import { poll } from './poll.js';
import { rejection } from './rejection.js';

vi.setConfig({ testTimeout: 30_000 });

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function fake(handler: Handler, timeoutMs = 5_000): Promise<{ docker: Docker; server: FakeServer }> {
  const server = await startFakeServer(handler);
  const docker = createDocker({ host: `tcp://${server.address}`, timeoutMs });
  cleanUps.push(
    () => server.close(),
    () => {
      docker.close();
    },
  );
  return { docker, server };
}

const hang: Handler = () => undefined;

describe('an engine that is not there', () => {
  it('is unavailable, whatever the call', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const docker = createDocker({ host: `tcp://127.0.0.1:${port}` });
    cleanUps.push(() => {
      docker.close();
    });
    const calls = [
      docker.ping(),
      docker.containers.list(),
      docker.containers.remove('x'),
      docker.containers.stop('x'),
      docker.containers.kill('x'),
      docker.images.inspect('x'),
      docker.images.pull('x'),
      docker.networks.remove('x'),
    ];
    for (const call of calls) {
      expect(await rejection(call)).toMatchObject({ code: 'DOCKER_UNAVAILABLE', retryable: true });
    }
  });

  it('names the socket that is missing', async () => {
    const error = await rejection(createDocker({ host: 'unix:///nowhere/docker.sock' }).ping());
    expect(error.code).toBe('DOCKER_UNAVAILABLE');
    expect(error.message).toMatch(
      /^Could not reach the engine: .*\/nowhere\/docker\.sock.*DOCKER_HOST is right\.$/,
    );
  });
});

describe('an engine that hangs', () => {
  it('ends every call at its deadline, and the request with it', async () => {
    const { docker, server } = await fake(hang, 300);
    const short = { timeoutMs: 300 };
    const calls = [
      docker.containers.list(),
      docker.containers.create({ name: 'x', image: 'x' }, short),
      docker.containers.stop('x', short),
      docker.containers.wait('x', short),
      docker.containers.exec('x', { command: ['true'] }, short),
      docker.images.pull('x', short),
      docker.volumes.list(),
    ];
    for (const call of calls) expect((await rejection(call)).code).toBe('DOCKER_TIMEOUT');
    expect(server.requests.length).toBeGreaterThan(0);
    await poll(() => server.abandoned.length).toBe(server.requests.length);
  });

  it('ends a call in the middle of the body', async () => {
    const { docker } = await fake((_, response) => response.writeHead(200).write('[{"Id":'), 50);
    expect((await rejection(docker.containers.list())).code).toBe('DOCKER_TIMEOUT');
  });

  it('ends calls at the signal', async () => {
    const { docker, server } = await fake(hang);
    const controller = new AbortController();
    const { signal } = controller;
    const calls = [docker.containers.list({ signal }), docker.containers.wait('x', { signal })];
    const failed = Promise.all(calls.map(rejection));
    await poll(() => server.requests.length).toBe(2);
    controller.abort();
    expect((await failed).map(({ code }) => code)).toEqual(['DOCKER_ABORTED', 'DOCKER_ABORTED']);
    await poll(() => server.abandoned.length).toBe(2);
  });

  it('ends calls when the client is closed, and refuses more', async () => {
    const { docker, server } = await fake(hang);
    const failed = rejection(docker.containers.list());
    await poll(() => server.requests.length).toBe(1);
    docker.close();
    expect((await failed).code).toBe('DOCKER_ABORTED');
    expect((await rejection(docker.ping())).message).toMatch(/closed/);
  });

  it('does not keep short calls waiting behind long ones', async () => {
    const { docker } = await fake((request, response) => {
      if (request.url === '/_ping') response.end('OK');
    });
    const controller = new AbortController();
    const waits = Array.from({ length: 200 }, () =>
      docker.containers.wait('x', { signal: controller.signal }),
    );
    const failed = Promise.all(waits.map(rejection));
    await docker.ping();
    controller.abort();
    await failed;
  });
});

describe('an engine that answers strangely', () => {
  it('is unavailable when it cuts the answer short', async () => {
    const { docker } = await fake((_, response) => {
      response.writeHead(200, { 'Content-Length': 100 }).write('[');
      setTimeout(() => response.destroy(), 10);
    });
    expect(await rejection(docker.containers.list())).toMatchObject({
      code: 'DOCKER_UNAVAILABLE',
      retryable: true,
    });
  });

  it('is unavailable when it does not speak HTTP', async () => {
    const server = createServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const docker = createDocker({ host: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}` });
    cleanUps.push(
      () => server.close(),
      () => {
        docker.close();
      },
    );
    expect((await rejection(docker.ping())).code).toBe('DOCKER_UNAVAILABLE');
  });

  it('gives the words and the status of a failure', async () => {
    const { docker } = await fake((_, response) => {
      json(response, { message: 'containerd is on holiday' }, 500);
    });
    expect(await rejection(docker.containers.start('web'))).toMatchObject({
      code: 'DOCKER_SERVER_ERROR',
      statusCode: 500,
      message: 'Could not start container web: containerd is on holiday.',
    });
  });

  it('takes an empty list for an empty list', async () => {
    const { docker } = await fake((_, response) => {
      json(response, { Volumes: null });
    });
    expect(await docker.volumes.list()).toEqual([]);
  });
});
