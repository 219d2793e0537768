import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createDocker } from '../src/index.js';
import type { Docker, PullProgress } from '../src/index.js';
import { json, startFakeServer } from './fake-server.js';
import type { FakeServer } from './fake-server.js';
import { poll } from './poll.js';
import { rejection } from './rejection.js';

vi.setConfig({ testTimeout: 30_000 });

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

interface Registry {
  readonly docker: Docker;
  readonly server: FakeServer;
  /** Pulls that have been asked for and not been answered. */
  readonly open: ServerResponse[];
  readonly headers: IncomingMessage['headers'][];
  present: boolean;
}

/** An engine that answers pulls when the test says so, and has the image when the test says so. */
async function engine(): Promise<Registry> {
  const open: ServerResponse[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const server = await startFakeServer((request, response) => {
    if (request.method === 'POST') {
      headers.push(request.headers);
      response.writeHead(200, { 'Content-Type': 'application/json' }).flushHeaders();
      open.push(response);
    } else if (registry.present) {
      json(response, { Id: 'sha256:1', Size: 1, Architecture: 'amd64', Os: 'linux', Config: null });
    } else {
      json(response, { message: 'No such image: web:1' }, 404);
    }
  });
  const docker = createDocker({ host: `tcp://${server.address}` });
  cleanUps.push(
    () => server.close(),
    () => {
      docker.close();
    },
  );
  const registry: Registry = { docker, server, open, headers, present: false };
  return registry;
}

async function asked(registry: Registry, count: number): Promise<ServerResponse> {
  await poll(() => registry.open.length).toBe(count);
  return registry.open[count - 1]!;
}

describe('pull', () => {
  it('resolves only at the end of the progress, and reports it', async () => {
    const registry = await engine();
    const progress: PullProgress[] = [];
    let settled = false;
    const pulled = registry.docker.images
      .pull('web:1', { onProgress: (step) => progress.push(step) })
      .finally(() => (settled = true));
    const response = await asked(registry, 1);
    // Cut within a line, and within a character.
    const line = Buffer.from(
      '{"id":"a","status":"Lädt","progressDetail":{"current":1,"total":2}}\r\n{"status":"ok"}\n',
    );
    response.write(line.subarray(0, 22));
    await new Promise((resolve) => setTimeout(resolve, 30));
    response.write(line.subarray(22));
    await poll(() => progress).toEqual([{ id: 'a', status: 'Lädt', current: 1, total: 2 }, { status: 'ok' }]);
    expect(settled).toBe(false);
    registry.present = true;
    response.end();
    await pulled;
    expect(registry.server.requests[0]).toBe('POST /images/create?fromImage=web&tag=1');
  });

  it('rejects on the error line', async () => {
    const registry = await engine();
    const failed = rejection(registry.docker.images.pull('web:1'));
    const error = { errorDetail: { message: 'layer is broken' }, error: 'layer is broken' };
    (await asked(registry, 1)).end(`{"status":"Pulling"}\n${JSON.stringify(error)}\n`);
    expect(await failed).toMatchObject({
      code: 'DOCKER_PULL_FAILED',
      retryable: true,
      message: 'Could not pull image web:1: layer is broken.',
    });
  });

  it('gives the error line the same code as an answer', async () => {
    const registry = await engine();
    const failed = rejection(registry.docker.images.pull('web:1'));
    (await asked(registry, 1)).end('{"error":"toomanyrequests: later"}\n');
    expect((await failed).code).toBe('DOCKER_REGISTRY_RATE_LIMITED');
  });

  it('rejects when the connection is lost', async () => {
    const registry = await engine();
    const failed = rejection(registry.docker.images.pull('web:1'));
    (await asked(registry, 1)).destroy();
    expect((await failed).code).toBe('DOCKER_UNAVAILABLE');
  });

  it('rejects when the engine finishes without the image', async () => {
    const registry = await engine();
    const failed = rejection(registry.docker.images.pull('web:1'));
    (await asked(registry, 1)).end();
    expect((await failed).code).toBe('DOCKER_PULL_FAILED');
  });

  it('gives up when nothing moves, and not while something does', async () => {
    const registry = await engine();
    let steps = 0;
    const onProgress = (): unknown => (steps += 1);
    const failed = rejection(registry.docker.images.pull('web:1', { stallTimeoutMs: 1500, onProgress }));
    const response = await asked(registry, 1);
    for (let step = 0; step < 4; step += 1) {
      response.write('{"status":"Downloading"}\n');
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    expect(await failed).toMatchObject({ code: 'DOCKER_PULL_STALLED', retryable: true });
    expect(steps).toBe(4);
    await poll(() => registry.server.abandoned.length).toBe(1);
  });

  it('sends the credentials for the registry in the reference, and never in the address', async () => {
    const registry = await engine();
    registry.present = true;
    const credentials = { username: 'me', password: 's3cr=t' };
    const pulled = registry.docker.images.pull('r.example:5000/web@sha256:12', { credentials });
    (await asked(registry, 1)).end();
    await pulled;
    const header = registry.headers[0]?.['x-registry-auth'] as string;
    const sent: unknown = JSON.parse(Buffer.from(header, 'base64url').toString());
    expect(sent).toEqual({ ...credentials, serveraddress: 'r.example:5000' });
    expect(registry.server.requests.join()).not.toContain('s3cr');
  });
});

describe('pulls of one image', () => {
  it('are one pull, whose progress all callers see', async () => {
    const registry = await engine();
    registry.present = true;
    const seen = [0, 0];
    const pulls = seen.map((_, index) =>
      registry.docker.images.pull('web:1', { onProgress: () => (seen[index]! += 1) }),
    );
    const response = await asked(registry, 1);
    response.end('{"status":"ok"}\n');
    await Promise.all(pulls);
    expect(seen).toEqual([1, 1]);
    expect(registry.open).toHaveLength(1);
    const again = registry.docker.images.pull('web:1');
    (await asked(registry, 2)).end();
    await again;
  });

  it('fail for all callers', async () => {
    const registry = await engine();
    const failed = [
      rejection(registry.docker.images.pull('web:1')),
      rejection(registry.docker.images.pull('web:1')),
    ];
    (await asked(registry, 1)).end('{"error":"manifest unknown"}\n');
    expect((await Promise.all(failed)).map(({ code }) => code)).toEqual(
      Array(2).fill('DOCKER_IMAGE_NOT_FOUND'),
    );
  });

  it('are apart for other credentials', async () => {
    const registry = await engine();
    registry.present = true;
    const { images } = registry.docker;
    const pulls = [
      images.pull('web:1'),
      images.pull('web:1', { credentials: { username: 'a', password: 'b' } }),
    ];
    await asked(registry, 2);
    for (const response of registry.open) response.end();
    await Promise.all(pulls);
  });

  it('go on when one caller leaves, and end when the last one does', async () => {
    const registry = await engine();
    const [first, second] = [new AbortController(), new AbortController()];
    const failed = [first, second].map(({ signal }) =>
      rejection(registry.docker.images.pull('web:1', { signal })),
    );
    await asked(registry, 1);
    first.abort();
    expect((await failed[0])?.code).toBe('DOCKER_ABORTED');
    expect(registry.server.abandoned).toEqual([]);
    second.abort();
    expect((await failed[1])?.code).toBe('DOCKER_ABORTED');
    await poll(() => registry.server.abandoned.length).toBe(1);
  });

  it('begin anew for a caller who comes after the last one left', async () => {
    const registry = await engine();
    registry.present = true;
    const controller = new AbortController();
    const failed = rejection(registry.docker.images.pull('web:1', { signal: controller.signal }));
    await asked(registry, 1);
    controller.abort();
    await failed;
    const pulled = registry.docker.images.pull('web:1');
    (await asked(registry, 2)).end();
    await pulled;
  });

  it('do not suffer from a caller whose onProgress throws', async () => {
    const registry = await engine();
    registry.present = true;
    const broken = rejection(
      registry.docker.images.pull('web:1', {
        onProgress: () => {
          throw new Error('bug');
        },
      }),
    );
    const pulled = registry.docker.images.pull('web:1');
    const response = await asked(registry, 1);
    response.write('{"status":"ok"}\n');
    expect(await broken).toMatchObject({ code: 'DOCKER_ABORTED', cause: { message: 'bug' } });
    response.end();
    await pulled;
  });
});

describe('ensure', () => {
  it('asks no registry for an image that is there', async () => {
    const registry = await engine();
    registry.present = true;
    for (const policy of ['missing', 'never'] as const) {
      expect(await registry.docker.images.ensure('web:1', { policy })).toEqual({ id: 'sha256:1' });
    }
    expect(registry.open).toEqual([]);
  });

  it('never pulls with the policy never', async () => {
    const registry = await engine();
    const error = await rejection(registry.docker.images.ensure('web:1', { policy: 'never' }));
    expect(error).toMatchObject({
      code: 'DOCKER_IMAGE_NOT_FOUND',
      message: expect.stringMatching(/"never"/) as unknown,
    });
    expect(registry.open).toEqual([]);
  });

  it.each([
    ['missing', false],
    ['always', true],
  ] as const)('pulls with the policy %s', async (policy, present) => {
    const registry = await engine();
    registry.present = present;
    const ensured = registry.docker.images.ensure('web:1', { policy });
    const response = await asked(registry, 1);
    registry.present = true;
    response.end();
    expect(await ensured).toEqual({ id: 'sha256:1' });
  });
});
