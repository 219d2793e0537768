import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedConsul } from '@raftainer/embedded';
import { eventually, startConsul, uniqueName } from '@raftainer/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createConsul } from '../src/index.js';
import type { ConsulClient, HeldSession, KvList, WatchUpdate } from '../src/index.js';

interface Server {
  readonly host: string;
  readonly port: number;
  stop(): Promise<void>;
}

async function startEmbedded(): Promise<Server> {
  const server = await startEmbeddedConsul({ port: 0 });
  return { host: server.host, port: server.port, stop: () => server.close() };
}

async function abortOf(signal: AbortSignal): Promise<unknown> {
  if (!signal.aborted)
    await new Promise((done) => {
      signal.addEventListener('abort', done, { once: true });
    });
  return signal.reason;
}

describe.concurrent.each([
  ['Consul', () => startConsul()],
  ['the embedded server', startEmbedded],
] as const)('the client on %s', (_, start) => {
  let server: Server;
  let consul: ConsulClient;

  beforeAll(async () => {
    server = await start();
    consul = createConsul({ host: server.host, port: server.port });
  });

  afterAll(async () => {
    consul.close();
    await server.stop();
  });

  describe.concurrent('kv', () => {
    it('writes, reads, lists and deletes', async () => {
      const prefix = uniqueName('kv');
      const odd = `${prefix}/a b/é%2F?#.json`;
      expect(await consul.kv.get(`${prefix}/none`)).toBeUndefined();
      expect((await consul.kv.list(`${prefix}/`)).entries).toEqual([]);
      expect(await consul.kv.keys(`${prefix}/`)).toEqual([]);

      await consul.kv.set(odd, 'wert ü', { flags: 7 });
      await consul.kv.set(`${prefix}/empty`, '');
      expect(await consul.kv.get(odd)).toMatchObject({ key: odd, value: 'wert ü', flags: 7, lockIndex: 0 });
      expect((await consul.kv.get(`${prefix}/empty`))?.value).toBe('');
      const list = await consul.kv.list(`${prefix}/`);
      expect(list.entries.map(({ key }) => key)).toEqual([odd, `${prefix}/empty`]);
      expect(list.index).toBeGreaterThan(0);
      expect(await consul.kv.keys(`${prefix}/`, { separator: '/' })).toEqual([
        `${prefix}/a b/`,
        `${prefix}/empty`,
      ]);

      expect(await consul.kv.delete(odd)).toBe(true);
      expect(await consul.kv.delete(odd)).toBe(true);
      expect(await consul.kv.delete(`${prefix}/`, { recurse: true })).toBe(true);
      expect(await consul.kv.keys(prefix)).toEqual([]);
    });

    it('takes a value of 512 kB', async () => {
      const key = uniqueName('kv');
      const value = 'x'.repeat(512 * 1024);
      await consul.kv.set(key, value);
      expect((await consul.kv.get(key))?.value).toBe(value);
    });

    it('checks and sets, and deletes under check', async () => {
      const key = uniqueName('kv');
      expect(await consul.kv.cas(key, 'a', 0)).toBe(true);
      expect(await consul.kv.cas(key, 'b', 0)).toBe(false);
      const { modifyIndex } = (await consul.kv.get(key))!;
      expect(await consul.kv.cas(key, 'b', modifyIndex)).toBe(true);
      expect(await consul.kv.delete(key, { cas: modifyIndex })).toBe(false);
      expect((await consul.kv.get(key))?.value).toBe('b');
    });

    it('runs transactions', async () => {
      const key = uniqueName('kv');
      const done = await consul.kv.transaction([
        { verb: 'cas', key, value: 'ä', index: 0, flags: 3 },
        { verb: 'get', key },
      ]);
      expect(done).toMatchObject({ ok: true, entries: [{ key }, { key, value: 'ä', flags: 3 }] });
      const refused = await consul.kv.transaction([
        { verb: 'set', key, value: 'b' },
        { verb: 'check-not-exists', key },
      ]);
      expect(refused).toMatchObject({ ok: false, errors: [{ opIndex: 1 }] });
      expect((await consul.kv.get(key))?.value).toBe('ä');
    });

    it('locks', async () => {
      const key = uniqueName('kv');
      const [mine, theirs] = await Promise.all(['a', 'b'].map((name) => consul.sessions.create({ name })));
      expect(await consul.kv.acquire(key, '1', mine!)).toBe(true);
      expect(await consul.kv.acquire(key, '2', theirs!)).toBe(false);
      expect(await consul.kv.get(key)).toMatchObject({ value: '1', session: mine, lockIndex: 1 });
      expect(await consul.kv.release(key, '3', theirs!)).toBe(false);
      expect(await consul.kv.release(key, '3', mine!)).toBe(true);
      expect((await consul.kv.get(key))?.session).toBeUndefined();
      await consul.sessions.destroy(theirs!);
      await expect(consul.kv.acquire(key, '4', theirs!)).rejects.toMatchObject({
        code: 'CONSUL_SESSION_INVALID',
      });
    });
  });

  describe.concurrent('watch', () => {
    it('follows a prefix: empty, filled, changed, emptied', async () => {
      const prefix = uniqueName('watch');
      const steps: readonly (() => Promise<unknown>)[] = [
        () => consul.kv.set(`${prefix}/a`, '1'),
        () => consul.kv.set(`${prefix}/b`, '1'),
        () => consul.kv.set(`${prefix}/a`, '2'),
        () => consul.kv.delete(`${prefix}/`, { recurse: true }),
      ];
      const wanted = ['', 'a=1', 'a=1 b=1', 'a=2 b=1', ''];
      const seen: string[] = [];
      const show = ({ value }: WatchUpdate<KvList>): string =>
        value.entries.map((entry) => `${entry.key.slice(prefix.length + 1)}=${entry.value}`).join(' ');
      for await (const update of consul.watchPrefix(`${prefix}/`)) {
        // A missing prefix may be woken by its neighbours.
        if (show(update) === seen.at(-1)) continue;
        seen.push(show(update));
        if (seen.length === wanted.length) break;
        await steps[seen.length - 1]?.();
      }
      expect(seen).toEqual(wanted);
    });

    it('follows a key within a moment', async () => {
      const key = uniqueName('watch');
      let written = 0;
      for await (const { value } of consul.watchKey(key)) {
        if (value !== undefined) {
          expect(value.value).toBe('here');
          break;
        }
        setTimeout(() => {
          written = performance.now();
          void consul.kv.set(key, 'here');
        }, 200);
      }
      expect(performance.now() - written).toBeLessThan(3_000);
    });

    it('follows names and services', async () => {
      const name = uniqueName('watch');
      for await (const { value } of consul.watchKeys(`${name}/`)) {
        if (value.length > 0) {
          expect(value).toEqual([`${name}/a`]);
          break;
        }
        await consul.kv.set(`${name}/a`, 'x');
      }
      for await (const { value } of consul.watchService(name, { passing: true })) {
        if (value.length > 0) {
          expect(value[0]?.service.id).toBe(name);
          break;
        }
        await consul.services.register({ id: name, name, checks: [{ ttlMs: 60_000, status: 'passing' }] });
      }
      await consul.services.deregister(name);
    });
  });

  describe.concurrent('sessions', () => {
    it('are made, shown, renewed and ended', async () => {
      const name = uniqueName('session');
      const id = await consul.sessions.create({ name, ttlMs: 30_000, lockDelayMs: 0, behavior: 'delete' });
      const { nodeName } = await consul.services.self();
      expect(await consul.sessions.info(id)).toMatchObject({
        id,
        name,
        node: nodeName,
        ttlMs: 30_000,
        lockDelayMs: 0,
        behavior: 'delete',
      });
      expect((await consul.sessions.list()).map((session) => session.id)).toContain(id);
      expect((await consul.sessions.renew(id))?.id).toBe(id);
      await consul.sessions.destroy(id);
      await consul.sessions.destroy(id);
      expect(await consul.sessions.renew(id)).toBeUndefined();
      expect(await consul.sessions.info(id)).toBeUndefined();
    });

    it('are refused while a check is missing or critical', async () => {
      const name = uniqueName('session');
      const create = (): Promise<string> => consul.sessions.create({ name, checks: [name] });
      await expect(create()).rejects.toMatchObject({ code: 'CONSUL_SESSION_REFUSED', retryable: true });
      await consul.services.register({ id: name, name, checks: [{ checkId: name, ttlMs: 60_000 }] });
      await expect(create()).rejects.toMatchObject({ code: 'CONSUL_SESSION_REFUSED' });
      await consul.services.ttl.pass(name);
      const id = await eventually(create);
      expect((await consul.sessions.info(id))?.checks).toContain(name);
      await consul.services.deregister(name);
    });
  });

  describe.concurrent('a held session', () => {
    const hold = (name: string, more = {}): Promise<HeldSession> =>
      consul.sessions.hold({ name, ttlMs: 10_000, lockDelayMs: 0, ...more });

    it('learns at once that it was destroyed behind its back', async () => {
      const held = await hold(uniqueName('held'));
      expect([held.resumed, held.lost.aborted]).toEqual([false, false]);
      await sleep(200);
      const destroyed = performance.now();
      await consul.sessions.destroy(held.id);
      expect(await abortOf(held.lost)).toMatchObject({ name: 'ConsulError', code: 'CONSUL_SESSION_LOST' });
      expect(performance.now() - destroyed).toBeLessThan(3_000);
    });

    it('learns at once that one of its checks turned critical', async () => {
      const name = uniqueName('held');
      await consul.services.register({
        id: name,
        name,
        checks: [{ checkId: name, ttlMs: 60_000, status: 'passing' }],
      });
      const held = await eventually(() => hold(name, { checks: [name] }));
      await consul.services.ttl.fail(name, 'on purpose');
      expect(await abortOf(held.lost)).toMatchObject({ code: 'CONSUL_SESSION_LOST' });
      await consul.services.deregister(name);
    });

    it('outlives its TTL by renewals', async () => {
      const held = await hold(uniqueName('held'));
      const first = held.lastRenewedAt;
      await sleep(8_000);
      expect(held.lastRenewedAt).toBeGreaterThan(first + 2_000);
      expect([held.lost.aborted, (await consul.sessions.info(held.id))?.id]).toEqual([false, held.id]);
      await held.release();
      expect(await consul.sessions.info(held.id)).toBeUndefined();
      expect(held.lost.aborted).toBe(false);
    });

    it('is left alone by detach, and resumed', async () => {
      const held = await hold(uniqueName('held'));
      held.detach();
      const resumed = await hold(uniqueName('held'), { resumeId: held.id });
      expect([resumed.id, resumed.resumed]).toEqual([held.id, true]);
      await resumed.release();
      for (const gone of [held.id, 'not an id at all']) {
        const fresh = await hold(uniqueName('held'), { resumeId: gone });
        expect(fresh.resumed).toBe(false);
        expect(fresh.id).not.toBe(gone);
        await fresh.release();
      }
    });
  });

  describe.concurrent('a lock', () => {
    it('is waited for, and goes to the next at once when released', async () => {
      const key = uniqueName('lock');
      const [first, second] = await Promise.all(
        ['a', 'b'].map((name) => consul.sessions.hold({ name, ttlMs: 10_000, lockDelayMs: 0 })),
      );
      const lock = await consul.lock(key, { session: first!, value: 'first' });
      expect(lock.lockIndex).toBe(1);
      const waiting = consul.lock(key, { session: second!, value: 'second' });
      await sleep(300);
      expect((await consul.kv.get(key))?.value).toBe('first');
      const released = performance.now();
      await lock.release();
      const next = await waiting;
      expect(performance.now() - released).toBeLessThan(3_000);
      expect(next.lockIndex).toBe(2);
      expect((await consul.kv.get(key))?.value).toBe('second');
      expect(lock.lost.aborted).toBe(false);
      await Promise.all([first!.release(), second!.release()]);
    });

    it('is tried again until its lock delay is over', async () => {
      const key = uniqueName('lock');
      const [dying, next] = await Promise.all([
        consul.sessions.create({ name: 'a', lockDelayMs: 2_000 }),
        consul.sessions.create({ name: 'b' }),
      ]);
      await consul.lock(key, { session: dying });
      const ended = performance.now();
      await consul.sessions.destroy(dying);
      const lock = await consul.lock(key, { session: next });
      expect(performance.now() - ended).toBeGreaterThan(1_900);
      expect(lock.lockIndex).toBe(2);
      await lock.release();
    });

    it('is lost with its session, and when someone else breaks it', async () => {
      const [one, two] = [uniqueName('lock'), uniqueName('lock')];
      const held = await consul.sessions.hold({ name: 'a', ttlMs: 10_000, lockDelayMs: 0 });
      const id = await consul.sessions.create({ name: 'b', lockDelayMs: 0 });
      const [first, second] = [
        await consul.lock(one, { session: held }),
        await consul.lock(two, { session: id }),
      ];
      await consul.sessions.destroy(held.id);
      await consul.kv.delete(two);
      expect(await abortOf(first.lost)).toMatchObject({ name: 'ConsulError' });
      expect(await abortOf(second.lost)).toMatchObject({ code: 'CONSUL_LOCK_LOST' });
    });

    it('is given up on abort, and with a session that ended', async () => {
      const key = uniqueName('lock');
      const [holder, other] = await Promise.all(
        ['a', 'b'].map((name) => consul.sessions.hold({ name, ttlMs: 10_000, lockDelayMs: 0 })),
      );
      await consul.lock(key, { session: holder! });
      const waiting = consul.lock(key, { session: other!, signal: AbortSignal.timeout(200) });
      await expect(waiting).rejects.toMatchObject({ code: 'CONSUL_ABORTED' });
      const doomed = consul.lock(key, { session: other! });
      await consul.sessions.destroy(other!.id);
      await expect(doomed).rejects.toMatchObject({ code: 'CONSUL_SESSION_LOST' });
      await expect(consul.lock(uniqueName('lock'), { session: other!.id })).rejects.toMatchObject({
        code: 'CONSUL_SESSION_INVALID',
      });
      await holder!.release();
    });
  });

  describe.concurrent('services', () => {
    it('are registered, reported, found and removed', async () => {
      const name = uniqueName('svc');
      const definition = {
        id: `${name}-0`,
        name,
        address: '10.0.0.7',
        port: 8080,
        tags: ['blue'],
        meta: { Revision_Id: 'abc' },
      };
      await consul.services.register({
        ...definition,
        checks: [{ checkId: `${name}:ttl`, name: 'up', ttlMs: 60_000 }],
      });
      const filter = `Service == "${name}"`;
      expect(await consul.services.list({ filter })).toEqual([definition]);
      const health = async (passing: boolean): Promise<readonly string[]> =>
        (await consul.services.health(name, { passing })).map(
          ({ service, status }) => `${service.id} ${status}`,
        );
      await eventually(async () => {
        expect(await health(false)).toEqual([`${name}-0 critical`]);
      });
      expect(await health(true)).toEqual([]);

      await consul.services.ttl.pass(`${name}:ttl`, 'x'.repeat(10_000));
      await eventually(async () => {
        expect(await health(true)).toEqual([`${name}-0 passing`]);
      });
      await consul.services.ttl.warn(`${name}:ttl`, 'slow');
      await eventually(async () => {
        expect(await health(false)).toEqual([`${name}-0 warning`]);
      });
      const [check] = await consul.services.checks({ filter: `ServiceID == "${name}-0"` });
      expect(check).toMatchObject({
        checkId: `${name}:ttl`,
        name: 'up',
        status: 'warning',
        output: 'slow',
        serviceId: `${name}-0`,
      });

      // Registering again replaces the checks.
      await consul.services.register({
        ...definition,
        checks: [{ tcp: '127.0.0.1:1', intervalMs: 60_000 }, { aliasService: `${name}-0` }],
      });
      const checks = await consul.services.checks({ filter: `ServiceID == "${name}-0"` });
      expect(checks.map(({ checkId }) => checkId).sort()).toEqual([
        `service:${name}-0:1`,
        `service:${name}-0:2`,
      ]);

      await consul.services.deregister(`${name}-0`);
      await consul.services.deregister(`${name}-0`);
      expect(await consul.services.list({ filter })).toEqual([]);
      await expect(consul.services.ttl.pass(`${name}:ttl`)).rejects.toMatchObject({
        code: 'CONSUL_NOT_FOUND',
      });
    });

    it('say who the agent and its servers are', async () => {
      expect(await consul.services.self()).toMatchObject({ datacenter: 'dc1', server: true });
      expect(await consul.status.peers()).toEqual([await consul.status.leader()]);
    });
  });
});
