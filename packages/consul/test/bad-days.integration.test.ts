import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedConsul } from '@raftainer/embedded';
import { startConsul, uniqueName } from '@raftainer/testing';
import type { RealConsul, StartConsulOptions } from '@raftainer/testing';
import { describe, expect, it } from 'vitest';
import type { TestContext } from 'vitest';
import { createConsul, MAX_TRANSACTION_OPS } from '../src/index.js';
import type { ConsulClient, ConsulError, ConsulOptions, TransactionOp } from '../src/index.js';

/** Tests run side by side, so clean-up hangs on each one's own context. */
type Context = Pick<TestContext, 'onTestFinished'>;

function client({ onTestFinished }: Context, options: ConsulOptions): ConsulClient {
  const consul = createConsul({ timeoutMs: 3_000, ...options });
  onTestFinished(() => {
    consul.close();
  });
  return consul;
}

async function realConsul({ onTestFinished }: Context, options?: StartConsulOptions): Promise<RealConsul> {
  const server = await startConsul(options);
  onTestFinished(() => server.stop());
  return server;
}

/** Collects the values of a key until the test ends. */
function collect(
  consul: ConsulClient,
  key: string,
): { readonly values: string[]; readonly errors: ConsulError[] } {
  const [values, errors] = [[] as string[], [] as ConsulError[]];
  void (async () => {
    const options = { backoff: { maxMs: 200 }, onError: (error: ConsulError) => errors.push(error) };
    for await (const { value } of consul.watchKey(key, options)) values.push(value?.value ?? 'none');
  })();
  return { values, errors };
}

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition() && waited < 20_000; waited += 20) await sleep(20);
  expect(condition()).toBe(true);
}

/** Fills a folder with so many keys, as many at a time as a transaction takes. */
async function fill(consul: ConsulClient, folder: string, count: number): Promise<void> {
  for (let from = 0; from < count; from += MAX_TRANSACTION_OPS) {
    const size = Math.min(MAX_TRANSACTION_OPS, count - from);
    const operations = Array.from({ length: size }, (_, index) => ({
      ...{ verb: 'set', key: `${folder}${from + index}`, value: 'x'.repeat(1_000) },
    })) as readonly TransactionOp[];
    await consul.kv.transaction(operations);
  }
}

describe.concurrent('on bad days', () => {
  it('a consistent read never shows the past, which a server that starts still goes through', async (context) => {
    const server = await realConsul(context);
    const consul = client(context, { port: server.port });
    const [folder, count] = [`${uniqueName('log')}/`, 6_400];
    await fill(consul, folder, count);
    const seen = new Set<number>();
    const restarts = new AbortController();
    const reading = (async () => {
      while (!restarts.signal.aborted) {
        const names = await consul.kv.keys(folder, { consistent: true }).catch(() => undefined);
        if (names === undefined) await sleep(1);
        else seen.add(names.length);
      }
    })();
    for (const signal of ['SIGKILL', 'SIGTERM', 'SIGKILL'] as const) await server.restart({ signal });
    restarts.abort();
    await reading;
    expect([...seen]).toEqual([count]);
  });

  it('a watch outlives a crash and restart of Consul, and misses nothing', async (context) => {
    const server = await realConsul(context);
    const consul = client(context, { port: server.port });
    const key = uniqueName('restart');
    await consul.kv.set(key, 'before');
    const { values, errors } = collect(consul, key);
    await until(() => values.includes('before'));
    await server.restart({ signal: 'SIGKILL' });
    await consul.kv.set(key, 'after');
    await until(() => values.includes('after'));
    expect(values).toEqual(['before', 'after']);
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.every(({ retryable }) => retryable)).toBe(true);
  });

  it('a watch notices that the server was replaced by an empty one', async (context) => {
    const first = await startEmbeddedConsul({ port: 0 });
    const consul = client(context, { port: first.port });
    const key = uniqueName('replaced');
    for (let n = 0; n < 20; n += 1) await consul.kv.set(key, String(n));
    const { values } = collect(consul, key);
    await until(() => values.includes('19'));
    await first.close();
    const second = await startEmbeddedConsul({ port: first.port });
    context.onTestFinished(() => second.close());
    await until(() => values.at(-1) === 'none');
    await consul.kv.set(key, 'new');
    await until(() => values.at(-1) === 'new');
    expect(values).toEqual(['19', 'none', 'new']);
  });

  it('a held session outlives a short absence of Consul', async (context) => {
    const server = await realConsul(context);
    const consul = client(context, { port: server.port });
    const held = await consul.sessions.hold({ name: 'x', ttlMs: 10_000 });
    await server.restart();
    await sleep(5_000);
    expect(held.lost.aborted).toBe(false);
    expect((await consul.sessions.renew(held.id))?.id).toBe(held.id);
    await held.release();
  });

  it('a held session is lost one TTL after its last good renewal when Consul stays away', async (context) => {
    const server = await realConsul(context);
    const consul = client(context, { port: server.port });
    const held = await consul.sessions.hold({ name: 'x', ttlMs: 10_000 });
    await server.kill();
    await new Promise((done) => {
      held.lost.addEventListener('abort', done, { once: true });
    });
    const since = performance.now() - held.lastRenewedAt;
    expect(held.lost.reason).toMatchObject({ code: 'CONSUL_SESSION_LOST' });
    expect(since).toBeGreaterThanOrEqual(9_990);
    expect(since).toBeLessThan(13_000);
  });

  it('a token that may not, and one that may', async (context) => {
    const token = '11111111-2222-3333-4444-555555555555';
    const server = await realConsul(context, {
      config: { acl: { enabled: true, default_policy: 'deny', tokens: { master: token } } },
    });
    const stranger = client(context, { port: server.port, token: '99999999-2222-3333-4444-555555555555' });
    await expect(stranger.kv.set('a', 'x')).rejects.toMatchObject({
      code: 'CONSUL_FORBIDDEN',
      retryable: false,
    });
    await expect(client(context, { port: server.port }).kv.set('a', 'x')).rejects.toMatchObject({
      code: 'CONSUL_FORBIDDEN',
    });
    const owner = client(context, { port: server.port, token });
    for (;;) {
      // The master token is made a moment after the election.
      try {
        await owner.kv.set('a', 'x');
        break;
      } catch {
        await sleep(200);
      }
    }
    expect((await owner.kv.get('a'))?.value).toBe('x');
    const missing = async (call: Promise<unknown>): Promise<string> => {
      const error: unknown = await call.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toMatchObject({ code: 'CONSUL_FORBIDDEN' });
      return (error as Error).message;
    };
    const nobody = client(context, { port: server.port });
    expect(await missing(nobody.kv.set('a', 'x'))).toContain('needs the right: key "a" write.');
    expect(await missing(nobody.kv.get('a'))).toContain('needs the right: key "a" read.');
    expect(await missing(nobody.sessions.create({ name: 'n', ttlMs: 10_000 }))).toMatch(
      /needs the right: session\S* "[^"]*" write\./,
    );
    // A missing right comes like a lost race.
    expect(await missing(nobody.kv.transaction([{ verb: 'set', key: 'a', value: 'x' }]))).toContain(
      'needs the right: key "a" write.',
    );
    expect(await missing(stranger.kv.set('a', 'x'))).toContain('does not know this token');
  });

  it('a server that went away', async (context) => {
    const server = await startEmbeddedConsul({ port: 0 });
    const consul = client(context, { port: server.port });
    await server.close();
    await expect(consul.status.leader()).rejects.toMatchObject({
      code: 'CONSUL_UNAVAILABLE',
      retryable: true,
    });
  });
});
