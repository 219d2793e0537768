import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { answer, startFakeServer, wireEntry } from '../../test/fake-server.js';
import type { FakeHandler, FakeServer } from '../../test/fake-server.js';
import type { ConsulClient } from '../consul-client.js';
import { isConsulError } from '../consul-error.js';
import type { ConsulError } from '../consul-error.js';
import type { ConsulOptions } from '../consul-options.js';
import { createConsul } from '../create-consul.js';

async function against(
  handler: FakeHandler,
  options: ConsulOptions = {},
): Promise<{ readonly consul: ConsulClient; readonly server: FakeServer }> {
  const server = await startFakeServer(handler);
  const consul = createConsul({ port: server.port, ...options });
  onTestFinished(() => {
    consul.close();
  });
  return { consul, server };
}

async function failure(promise: Promise<unknown>): Promise<ConsulError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isConsulError(error)) throw new Error(`expected a ConsulError, got ${inspect(error)}`);
  return error;
}

describe('a call', { timeout: 20_000 }, () => {
  it('ends at its deadline when the server hangs', async () => {
    const { consul } = await against(() => undefined, { timeoutMs: 100 });
    const error = await failure(consul.kv.get('k'));
    expect(error).toMatchObject({ code: 'CONSUL_TIMEOUT', retryable: true });
    expect(error.message).toContain('within 100 ms while reading the key "k"');
  });

  it('takes its own deadline over the default', async () => {
    const { consul } = await against(() => undefined);
    await expect(consul.kv.get('k', { timeoutMs: 50 })).rejects.toMatchObject({ code: 'CONSUL_TIMEOUT' });
  });

  it('ends at its deadline when the server stops in the middle of an answer', async () => {
    const { consul } = await against((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('[');
    });
    await expect(consul.kv.get('k', { timeoutMs: 100 })).rejects.toMatchObject({ code: 'CONSUL_TIMEOUT' });
  });

  it('fails at once when the connection breaks in the middle of an answer', async () => {
    const { consul } = await against((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('[');
      setTimeout(() => response.destroy(), 20);
    });
    const started = performance.now();
    await expect(consul.kv.get('k')).rejects.toMatchObject({ code: 'CONSUL_UNAVAILABLE', retryable: true });
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('fails when the connection is reset', async () => {
    const { consul } = await against((request) => {
      request.socket.resetAndDestroy();
    });
    const error = await failure(consul.kv.set('k', 'v'));
    expect(error).toMatchObject({ code: 'CONSUL_UNAVAILABLE', retryable: true });
    expect(error.cause).toMatchObject({ code: 'ECONNRESET' });
  });

  it('takes a list from which something was left out for no list', async () => {
    const { consul } = await against((_, response) => {
      response.setHeader('x-consul-results-filtered-by-acls', 'true');
      answer(response, [], 7);
    });
    const error = await failure(consul.kv.list('a/'));
    expect(error.code).toBe('CONSUL_FORBIDDEN');
    expect(error.message).toContain('needs the right: key_prefix "a/" read.');
  });

  it('fails when nobody listens', async () => {
    const { port } = await (async () => {
      const { createServer } = await import('node:net');
      const server = createServer().listen(0, '127.0.0.1');
      await new Promise((done) => server.once('listening', done));
      const address = server.address() as { readonly port: number };
      await new Promise((done) => server.close(done));
      return address;
    })();
    const consul = createConsul({ port });
    const error = await failure(consul.status.leader());
    expect(error).toMatchObject({ code: 'CONSUL_UNAVAILABLE', retryable: true });
    expect(error.message).toContain('ECONNREFUSED');
  });

  it.each([
    [500, 'rpc error making call: boom', 'CONSUL_SERVER_ERROR', true],
    [503, '', 'CONSUL_SERVER_ERROR', true],
    [429, 'rate limit reached', 'CONSUL_SERVER_ERROR', true],
    [500, 'No cluster leader', 'CONSUL_NO_LEADER', true],
    [403, 'Permission denied', 'CONSUL_FORBIDDEN', false],
    [403, 'ACL not found', 'CONSUL_FORBIDDEN', false],
    [413, 'Request body(600000 bytes) too large', 'CONSUL_VALUE_TOO_LARGE', false],
    [400, 'Missing key name', 'CONSUL_BAD_REQUEST', false],
    [500, 'strconv.ParseUint: parsing "x": invalid syntax', 'CONSUL_BAD_REQUEST', false],
    [500, 'invalid session "8b2b3b3b"', 'CONSUL_SESSION_INVALID', false],
    [302, '', 'CONSUL_SERVER_ERROR', false],
  ])('turns HTTP %i (%s) into %s', async (...[status, text, code, retryable]) => {
    const { consul } = await against((_, response) => {
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
    });
    const error = await failure(consul.kv.set('k', 'v'));
    expect(error).toMatchObject({ code, retryable, statusCode: status });
    expect(error.message).toContain(text);
    expect(error.message).toContain('writing the key "k"');
  });

  it.each([
    ['{', 'application/json'],
    ['"a string"', 'application/json'],
    ['<html>', 'text/html'],
  ])('says so when the answer %s is not Consul’s', async (body, type) => {
    const { consul } = await against((_, response) => {
      response.writeHead(200, { 'content-type': type }).end(body);
    });
    await expect(consul.kv.get('k')).rejects.toMatchObject({ code: 'CONSUL_SERVER_ERROR' });
    await expect(consul.kv.list('k')).rejects.toMatchObject({ code: 'CONSUL_SERVER_ERROR' });
    await expect(consul.kv.keys('k')).rejects.toMatchObject({ code: 'CONSUL_SERVER_ERROR' });
    await expect(consul.sessions.create({ name: 'x' })).rejects.toMatchObject({
      code: 'CONSUL_SERVER_ERROR',
    });
    await expect(consul.services.list()).rejects.toMatchObject({ code: 'CONSUL_SERVER_ERROR' });
  });

  it('does not take another server’s 404 for an absent key', async () => {
    const { consul } = await against((_, response) => {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found');
    });
    for (const call of [consul.kv.get('k'), consul.kv.list('k/'), consul.kv.keys('k/')]) {
      await expect(call).rejects.toMatchObject({ code: 'CONSUL_SERVER_ERROR', statusCode: 404 });
    }
    await expect(consul.sessions.renew('s')).rejects.toMatchObject({ statusCode: 404 });
  });

  it('ends when its signal aborts, also one that is aborted already', async () => {
    const { consul, server } = await against(() => undefined);
    const abort = new AbortController();
    const pending = failure(consul.kv.get('k', { signal: abort.signal }));
    setTimeout(() => {
      abort.abort(new Error('no longer wanted'));
    }, 50);
    expect(await pending).toMatchObject({ code: 'CONSUL_ABORTED', cause: { message: 'no longer wanted' } });
    expect(server.requests).toHaveLength(1);
    await expect(consul.kv.get('k', { signal: abort.signal })).rejects.toMatchObject({
      code: 'CONSUL_ABORTED',
    });
    expect(server.requests).toHaveLength(1);
  });

  it('ends when the client is closed', async () => {
    const { consul } = await against(() => undefined);
    const pending = failure(consul.kv.get('k'));
    consul.close();
    expect((await pending).code).toBe('CONSUL_ABORTED');
    expect((await failure(consul.kv.get('k'))).message).toContain('the client was closed');
  });
});

describe('the token', () => {
  it('is a header, and in no error, however closely one looks', async () => {
    const { consul, server } = await against(
      (_, response) => {
        response.writeHead(403, { 'content-type': 'text/plain' }).end('Permission denied');
      },
      { token: 'secret-token' },
    );
    const errors = [await failure(consul.kv.get('k')), await failure(consul.kv.set('k', 'v'))];
    expect(server.requests.map(({ headers }) => headers['x-consul-token'])).toEqual([
      'secret-token',
      'secret-token',
    ]);
    expect(server.requests.every(({ url }) => !url?.includes('secret-token'))).toBe(true);
    expect(inspect(errors, { depth: 20, showHidden: true })).not.toContain('secret-token');
  });
});

describe('connections', () => {
  it('are kept, and bounded', async () => {
    const { consul, server } = await against(
      (_, response) =>
        setTimeout(() => {
          answer(response, [wireEntry('k', 'v', 1)], 1);
        }, 5),
      { maxSockets: 4 },
    );
    let most = 0;
    const counting = setInterval(() => (most = Math.max(most, server.connections.size)), 1);
    await Promise.all(Array.from({ length: 40 }, () => consul.kv.get('k')));
    clearInterval(counting);
    expect(most).toBeLessThanOrEqual(4);
    expect(server.connections.size).toBeGreaterThan(0);
  });

  it('of watches do not keep calls waiting', async () => {
    const { consul } = await against(
      (request, response) => {
        if (!request.url?.includes('index=')) answer(response, [wireEntry('k', 'v', 1)], 1);
      },
      { maxSockets: 1, maxWatchSockets: 1 },
    );
    const abort = new AbortController();
    const watching = (async () => {
      for await (const update of consul.watchKey('k', { signal: abort.signal })) expect(update.index).toBe(1);
    })();
    await expect(consul.kv.get('k')).resolves.toMatchObject({ value: 'v' });
    abort.abort();
    await watching;
  });
});

it('sends the datacenter', async () => {
  const { consul, server } = await against(
    (_, response) => {
      answer(response, true);
    },
    { datacenter: 'dc7' },
  );
  await consul.kv.set('k', 'v');
  expect(server.requests[0]?.url).toBe('/v1/kv/k?dc=dc7');
});
