import { describe, expect, it } from 'vitest';
import { startFakeServer } from '../../test/fake-server.js';
import type { ConsulClient } from '../consul-client.js';
import { createConsul } from '../create-consul.js';

describe('refused before anything is sent', () => {
  const cases: readonly (readonly [string, string, (consul: ConsulClient) => Promise<unknown>])[] = [
    ['an empty key', 'CONSUL_BAD_REQUEST', ({ kv }) => kv.get('')],
    ['a key with a leading slash', 'CONSUL_BAD_REQUEST', ({ kv }) => kv.set('/a', 'x')],
    ['deleting everything', 'CONSUL_BAD_REQUEST', ({ kv }) => kv.delete('', { recurse: true })],
    [
      'cas together with recurse',
      'CONSUL_BAD_REQUEST',
      ({ kv }) => kv.delete('a', { recurse: true, cas: 1 }),
    ],
    ['a value of 600 kB', 'CONSUL_VALUE_TOO_LARGE', ({ kv }) => kv.set('a', 'x'.repeat(600_000))],
    ['letters that make 600 kB', 'CONSUL_VALUE_TOO_LARGE', ({ kv }) => kv.cas('a', 'é'.repeat(300_000), 0)],
    [
      '65 operations',
      'CONSUL_BAD_REQUEST',
      ({ kv }) => kv.transaction(Array.from({ length: 65 }, () => ({ verb: 'get', key: 'a' }) as const)),
    ],
    [
      'a transaction of 600 kB',
      'CONSUL_VALUE_TOO_LARGE',
      ({ kv }) =>
        kv.transaction(['a', 'b'].map((key) => ({ verb: 'set', key, value: 'x'.repeat(225_000) }) as const)),
    ],
    ['a TTL of 9 s', 'CONSUL_BAD_REQUEST', ({ sessions }) => sessions.create({ name: 'x', ttlMs: 9_000 })],
    [
      'a lock delay of 61 s',
      'CONSUL_BAD_REQUEST',
      ({ sessions }) => sessions.create({ name: 'x', lockDelayMs: 61_000 }),
    ],
    [
      'a service without a name',
      'CONSUL_BAD_REQUEST',
      ({ services }) => services.register({ id: 'x', name: '' }),
    ],
  ];

  it.each(cases)('%s', async (_, code, call) => {
    const server = await startFakeServer((request, response) => {
      request.resume();
      response.end();
    });
    const consul = createConsul({ port: server.port });
    await expect(call(consul)).rejects.toMatchObject({ code, retryable: false });
    consul.close();
    expect(server.requests).toHaveLength(0);
  });

  it('an empty transaction does nothing', async () => {
    const consul = createConsul({ port: 1 });
    await expect(consul.kv.transaction([])).resolves.toEqual({ ok: true, entries: [] });
  });
});
