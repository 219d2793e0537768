import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PullProgress } from '../src/index.js';
import { startRegistry, tarOf } from './fake-registry.js';
import type { FakeRegistry } from './fake-registry.js';
import { workbench } from './real-engine.js';
import type { Workbench } from './real-engine.js';
import { rejection } from './rejection.js';

let bench: Workbench;
let registry: FakeRegistry;
const made: string[] = [];
beforeAll(async () => {
  bench = await workbench();
  registry = await startRegistry(bench.name('web'));
});
afterAll(async () => {
  for (const reference of made) await bench.docker.images.remove(reference, { force: true });
  await bench.cleanUp();
  await registry.close();
});

describe('importTar', () => {
  it('makes an image that runs', async () => {
    const { images } = bench.docker;
    const tag = `${bench.name('import')}:1`;
    made.push(tag);
    const changes = ['CMD ["/hello"]', 'LABEL made=here', 'EXPOSE 80', 'USER 12', 'WORKDIR /w'];
    const { id } = await images.importTar(await tarOf('hello', 'x'), { tag, changes });
    expect(await images.inspect(tag)).toMatchObject({
      id,
      tags: [tag],
      digests: [],
      labels: { made: 'here' },
      command: ['/hello'],
      entrypoint: [],
      exposedPorts: ['80/tcp'],
      user: '12',
      workingDir: '/w',
      os: 'linux',
      hasHealthCheck: false,
    });
    expect((await images.list({ labels: { made: 'here' } })).map((image) => image.id)).toContain(id);
    await images.remove(tag);
    await images.remove(tag);
    expect(await images.inspect(tag)).toBeUndefined();
  });

  it('takes a stream', async () => {
    const tag = `${bench.name('import')}:1`;
    made.push(tag);
    const bytes = await tarOf('hello', 'y'.repeat(200_000));
    const stream = Readable.from([bytes.subarray(0, 1000), bytes.subarray(1000)]);
    const { id } = await bench.docker.images.importTar(stream, { tag, changes: ['HEALTHCHECK CMD true'] });
    expect(await bench.docker.images.inspect(id)).toMatchObject({ tags: [tag], hasHealthCheck: true });
  });

  it('rejects what is no archive, and a stream that breaks', async () => {
    const tag = `${bench.name('import')}:1`;
    const { images } = bench.docker;
    expect(
      (await rejection(images.importTar(Buffer.from('no archive'.repeat(100)), { tag }))).message,
    ).toContain(tag);
    const broken = new Readable({
      read(): void {
        this.destroy(new Error('disk is gone'));
      },
    });
    expect((await rejection(images.importTar(broken, { tag }))).message).toContain('disk is gone');
    expect(await images.inspect(tag)).toBeUndefined();
  });
});

describe('pull from a registry', () => {
  beforeEach(() => {
    registry.mood = 'serve';
    registry.account = undefined;
  });

  it('resolves when the image is there', async () => {
    const { images } = bench.docker;
    made.push(registry.reference, registry.digestReference);
    const progress: PullProgress[] = [];
    await images.pull(registry.reference, { onProgress: (step) => progress.push(step) });
    const image = await images.inspect(registry.reference);
    expect(image).toMatchObject({
      tags: [registry.reference],
      digests: [registry.digestReference],
      command: ['/x'],
    });
    expect(progress.at(-1)?.status).toContain(registry.reference);

    registry.mood = 'fail';
    const policy = 'missing';
    expect(await images.ensure(registry.reference, { policy })).toEqual({ id: image?.id });
    expect(await images.ensure(registry.digestReference, { policy })).toEqual({ id: image?.id });
    registry.mood = 'serve';
    await images.remove(registry.reference);
    expect(await images.ensure(registry.digestReference, { policy: 'always' })).toEqual({ id: image?.id });
  });

  it('tells what is missing from what is not allowed', async () => {
    const { images } = bench.docker;
    const missing = registry.reference.replace(/:1$/, ':nope');
    expect(await rejection(images.pull(missing))).toMatchObject({
      code: 'DOCKER_IMAGE_NOT_FOUND',
      retryable: false,
    });
    registry.account = 'me:secret';
    expect(await rejection(images.pull(missing))).toMatchObject({
      code: 'DOCKER_REGISTRY_AUTH',
      retryable: false,
    });
    const wrong = { username: 'me', password: 'wr0ng' };
    const refused = await rejection(images.pull(registry.reference, { credentials: wrong }));
    expect(refused.code).toBe('DOCKER_REGISTRY_AUTH');
    expect(refused.message).not.toContain('wr0ng');
    await images.pull(registry.reference, { credentials: { username: 'me', password: 'secret' } });
    made.push(registry.reference);
  });

  it.each([
    ['fail', 'DOCKER_REGISTRY_UNREACHABLE'],
    ['limit', 'DOCKER_REGISTRY_RATE_LIMITED'],
  ] as const)('tells that the registry is in a bad mood: %s', async (mood, code) => {
    registry.mood = mood;
    const reference = registry.reference.replace(/:1$/, ':other');
    expect(await rejection(bench.docker.images.pull(reference))).toMatchObject({ code, retryable: true });
  });

  it('gives up on a registry that accepts connections and says nothing', async () => {
    registry.mood = 'hang';
    const pulled = bench.docker.images.pull(registry.reference, { stallTimeoutMs: 500 });
    expect(await rejection(pulled)).toMatchObject({ code: 'DOCKER_PULL_STALLED', retryable: true });
  });

  it('tells that nobody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const error = await rejection(bench.docker.images.pull(`127.0.0.1:${port}/web:1`));
    expect(error).toMatchObject({ code: 'DOCKER_REGISTRY_UNREACHABLE', retryable: true });
    expect(error.message).toMatch(/connection refused.*Check the registry/);
  });

  it('refuses a reference that is none', async () => {
    expect((await rejection(bench.docker.images.pull('127.0.0.1:1/UPPER:1'))).code).toBe(
      'DOCKER_BAD_REQUEST',
    );
  });
});

describe('remove', () => {
  it('leaves an image that a container uses', async () => {
    const tag = `${bench.name('used')}:1`;
    made.push(tag);
    await bench.docker.images.importTar(await tarOf('hello', 'z'), { tag });
    const id = await bench.create('', { image: tag });
    expect((await rejection(bench.docker.images.remove(tag))).code).toBe('DOCKER_CONFLICT');
    await bench.docker.containers.remove(id);
    await bench.docker.images.remove(tag);
  });
});
