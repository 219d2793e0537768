import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { eventually } from '@raftainer/testing';
import { NO_SESSION, createSession, nodeNameOf, readEntry, unique } from './http-api.js';
import type { HttpApi } from './http-api.js';

interface WireSession {
  readonly ID: string;
  readonly Name: string;
  readonly Node: string;
  readonly TTL: string;
  readonly LockDelay: number;
  readonly Behavior: string;
  readonly NodeChecks?: readonly string[] | null;
  readonly Checks?: readonly string[] | null;
  readonly CreateIndex: number;
  readonly ModifyIndex: number;
}

export function describeSessions(api: () => HttpApi): void {
  const info = async (id: string): Promise<WireSession | undefined> =>
    (await api().get(`session/info/${id}`)).json<readonly WireSession[]>()[0];

  describe.concurrent('sessions', () => {
    it('have defaults', async () => {
      const made = await api().put('session/create');
      expect(made.status).toBe(200);
      const { ID } = made.json<{ readonly ID: string }>();
      expect(ID).toMatch(/^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/);
      expect(await info(ID)).toMatchObject({
        ID,
        Name: '',
        Node: await nodeNameOf(api()),
        TTL: '',
        LockDelay: 15_000_000_000,
        Behavior: 'release',
      });
    });

    it('keep what they are given', async () => {
      const name = unique('session');
      const id = await createSession(api(), { Name: name, TTL: '30s', LockDelay: '2s', Behavior: 'delete' });
      const session = await info(id);
      expect(session).toMatchObject({ Name: name, TTL: '30s', LockDelay: 2_000_000_000, Behavior: 'delete' });
      expect([...(session?.NodeChecks ?? []), ...(session?.Checks ?? [])]).toContain('serfHealth');
    });

    it('are listed, for all nodes and for one', async () => {
      const id = await createSession(api());
      const ids = async (path: string): Promise<readonly string[]> =>
        (await api().get(path)).json<readonly WireSession[]>().map(({ ID }) => ID);
      expect(await ids('session/list')).toContain(id);
      expect(await ids(`session/node/${await nodeNameOf(api())}`)).toContain(id);
      expect(await ids(`session/node/${unique('nowhere')}`)).toEqual([]);
    });

    it('are renewed as they were made; one that is gone is 404', async () => {
      const id = await createSession(api(), { TTL: '10s', LockDelay: '4s' });
      const renewed = await api().put(`session/renew/${id}`);
      expect(renewed.status).toBe(200);
      // What a session that is found again rests on: the lock delay that it was made with, not the one of today.
      const made = { ID: id, TTL: '10s', LockDelay: 4_000_000_000 };
      expect(renewed.json<readonly WireSession[]>()[0]).toMatchObject(made);
      expect(await info(id)).toMatchObject(made);
      const gone = await api().put(`session/renew/${NO_SESSION}`);
      expect(gone.status).toBe(404);
      expect(gone.text).toContain(`Session id '${NO_SESSION}' not found`);
    });

    it('are destroyed, twice without complaint', async () => {
      const id = await createSession(api());
      for (let time = 1; time <= 2; time += 1) {
        const answer = await api().put(`session/destroy/${id}`);
        expect([answer.status, answer.text.trim()]).toEqual([200, 'true']);
      }
      const gone = await api().get(`session/info/${id}`);
      expect([gone.status, gone.json()]).toEqual([200, []]);
      expect(gone.index).toBeGreaterThan(0);
    });

    it('wake a blocking query on their end', async () => {
      const id = await createSession(api());
      const { index } = await api().get(`session/info/${id}`);
      const waiting = (async () => {
        let answer = await api().get(`session/info/${id}?index=${String(index)}&wait=10s`);
        while (answer.text.includes(id)) {
          answer = await api().get(`session/info/${id}?index=${String(answer.index)}&wait=10s`);
        }
        return answer;
      })();
      await sleep(150);
      const destroyed = performance.now();
      await api().put(`session/destroy/${id}`);
      expect((await waiting).json()).toEqual([]);
      expect(performance.now() - destroyed).toBeLessThan(5_000);
    });

    it('release their locks by default and keep the keys', async () => {
      const key = unique('session');
      const id = await createSession(api(), { LockDelay: '0s' });
      await api().put(`kv/${key}?acquire=${id}`, 'x');
      await api().put(`session/destroy/${id}`);
      const entry = await readEntry(api(), key);
      expect(entry).not.toHaveProperty('Session');
      expect(entry.LockIndex).toBe(1);
    });

    it('delete their keys where they say so, and only what they hold', async () => {
      const [held, given, other] = [unique('session'), unique('session'), unique('session')];
      const id = await createSession(api(), { Behavior: 'delete', LockDelay: '0s' });
      for (const key of [held, given]) await api().put(`kv/${key}?acquire=${id}`, 'x');
      await api().put(`kv/${given}?release=${id}`, 'x');
      await api().put(`kv/${other}`, 'x');
      await api().put(`session/destroy/${id}`);
      expect((await api().get(`kv/${held}`)).status).toBe(404);
      expect((await api().get(`kv/${given}`)).status).toBe(200);
      expect((await api().get(`kv/${other}`)).status).toBe(200);
    });

    it('keep a lock closed for their lock delay after they end', async () => {
      const key = unique('session');
      const [first, second] = await Promise.all([
        createSession(api(), { LockDelay: '3s' }),
        createSession(api()),
      ]);
      const acquire = async (): Promise<string> =>
        (await api().put(`kv/${key}?acquire=${second}`, 'x')).text.trim();
      await api().put(`kv/${key}?acquire=${first}`, 'x');
      const ended = performance.now();
      await api().put(`session/destroy/${first}`);
      expect(await acquire()).toBe('false');
      await eventually(async () => (await acquire()) === 'true', { timeoutMs: 10_000, intervalMs: 100 });
      expect(performance.now() - ended).toBeGreaterThan(2_900);
    });

    it('leave no delay after a release, nor with a lock delay of 0s', async () => {
      const [released, undelayed] = [unique('session'), unique('session')];
      const [patient, instant, next] = await Promise.all([
        createSession(api(), { LockDelay: '15s' }),
        createSession(api(), { LockDelay: '0s' }),
        createSession(api()),
      ]);
      expect((await api().get(`session/info/${instant}`)).json<readonly WireSession[]>()[0]?.LockDelay).toBe(
        0,
      );
      await api().put(`kv/${released}?acquire=${patient}`, 'x');
      await api().put(`kv/${released}?release=${patient}`, '');
      const emptied = await readEntry(api(), released);
      expect(emptied).not.toHaveProperty('Session');
      expect(emptied.Value ?? '').toBe('');
      await api().put(`kv/${undelayed}?acquire=${instant}`, 'x');
      await api().put(`session/destroy/${instant}`);
      for (const key of [released, undelayed]) {
        expect((await api().put(`kv/${key}?acquire=${next}`, 'x')).text.trim()).toBe('true');
      }
    });

    it('refuse a TTL out of range, and other nonsense', async () => {
      const cases: readonly (readonly [unknown, RegExp])[] = [
        [{ TTL: '9s' }, /Invalid Session TTL '9000000000', must be between \[10s=24h0m0s\]/],
        [{ TTL: '86401s' }, /Invalid Session TTL '86401000000000', must be between/],
        [{ TTL: 'soon' }, /Session TTL 'soon' invalid/],
        [{ Behavior: 'explode' }, /Invalid Behavior setting 'explode'/],
        [{ Node: unique('nowhere') }, /Missing node registration/],
        [{ Checks: ['no-such-check'] }, /Missing check 'no-such-check' registration/],
        [{ LockDelay: 'soon' }, /Request decode failed/],
        ['{', /Request decode failed/],
      ];
      for (const [body, text] of cases) {
        const answer = await api().put('session/create', body);
        expect([JSON.stringify(body), answer.status >= 400]).toEqual([JSON.stringify(body), true]);
        expect(answer.text).toMatch(text);
      }
    });

    it('refuse other methods, and ids that are none', async () => {
      expect((await api().get('session/create')).status).toBe(405);
      expect((await api().put('session/renew/nonsense')).status).toBeGreaterThanOrEqual(400);
    });

    // The shortest TTL is 10 s, and Consul lets twice that pass.
    it('expire without renewal, after one to two TTLs, and free their locks', async () => {
      const key = unique('session');
      const id = await createSession(api(), { TTL: '10s', LockDelay: '0s' });
      const renewed = await createSession(api(), { TTL: '10s' });
      await api().put(`kv/${key}?acquire=${id}`, 'x');
      const started = performance.now();
      await eventually(
        async () => {
          await api().put(`session/renew/${renewed}`);
          return (await info(id)) === undefined;
        },
        { timeoutMs: 30_000, intervalMs: 500 },
      );
      expect(performance.now() - started).toBeGreaterThan(9_000);
      expect(await readEntry(api(), key)).not.toHaveProperty('Session');
      expect(await info(renewed)).toBeDefined();
    });
  });
}
