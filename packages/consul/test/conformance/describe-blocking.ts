import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createSession, unique } from './http-api.js';
import type { Answer, HttpApi, WireEntry } from './http-api.js';

/** Long enough for a blocking query to be on the server, short enough not to matter. */
const SETTLE_MS = 150;

export function describeBlocking(api: () => HttpApi): void {
  /** Starts a blocking query, makes a change, and gives the answer. */
  const during = async (path: string, change: () => Promise<unknown>): Promise<Answer> => {
    const waiting = api().get(path);
    await sleep(SETTLE_MS);
    await change();
    const answer = await waiting;
    expect(answer.took).toBeGreaterThan(SETTLE_MS / 2);
    expect(answer.took).toBeLessThan(8_000);
    return answer;
  };

  describe.concurrent('blocking queries', () => {
    it('wake when the key changes', async () => {
      const key = unique('block');
      await api().put(`kv/${key}`, 'a');
      const { index } = await api().get(`kv/${key}`);
      const answer = await during(`kv/${key}?index=${String(index)}&wait=10s`, () =>
        api().put(`kv/${key}`, 'b'),
      );
      expect(answer.index).toBeGreaterThan(index);
      expect(answer.json<readonly WireEntry[]>()[0]?.Value).toBe('Yg==');
    });

    it('wake when a missing key appears', async () => {
      const key = unique('block');
      let { index } = await api().get(`kv/${key}`);
      let answer: Answer;
      // A missing key may be woken by its neighbours: ask again, as clients do.
      const waiting = (async () => {
        do {
          answer = await api().get(`kv/${key}?index=${String(index)}&wait=10s`);
          index = answer.index;
        } while (answer.status === 404);
        return answer;
      })();
      await sleep(SETTLE_MS);
      await api().put(`kv/${key}`, 'here');
      expect((await waiting).json<readonly WireEntry[]>()[0]?.Key).toBe(key);
    });

    it('wake when the key is deleted', async () => {
      const key = unique('block');
      await api().put(`kv/${key}`, 'a');
      const { index } = await api().get(`kv/${key}`);
      const answer = await during(`kv/${key}?index=${String(index)}&wait=10s`, () =>
        api().delete(`kv/${key}`),
      );
      expect(answer.status).toBe(404);
      expect(answer.index).toBeGreaterThan(index);
    });

    it('wake when something below a prefix is added, changed or deleted', async () => {
      const prefix = unique('block');
      await api().put(`kv/${prefix}/a`, '1');
      const changes = [
        () => api().put(`kv/${prefix}/b`, '1'),
        () => api().put(`kv/${prefix}/a`, '2'),
        () => api().delete(`kv/${prefix}/b`),
      ];
      for (const change of changes) {
        const { index } = await api().get(`kv/${prefix}/?recurse`);
        const answer = await during(`kv/${prefix}/?recurse&index=${String(index)}&wait=10s`, change);
        expect(answer.index).toBeGreaterThan(index);
      }
      const left = (await api().get(`kv/${prefix}/?recurse`)).json<readonly WireEntry[]>();
      expect(left.map(({ Key }) => Key)).toEqual([`${prefix}/a`]);
    });

    it('wake for names as well, and when the last key below a prefix goes', async () => {
      const prefix = unique('block');
      await api().put(`kv/${prefix}/a`, '1');
      const { index } = await api().get(`kv/${prefix}/?keys`);
      const answer = await during(`kv/${prefix}/?keys&index=${String(index)}&wait=10s`, () =>
        api().delete(`kv/${prefix}/?recurse`),
      );
      expect(answer.status).toBe(404);
      expect(answer.index).toBeGreaterThan(index);
    });

    it('wake when a lock is taken, and when its session ends', async () => {
      const key = unique('block');
      await api().put(`kv/${key}`, 'a');
      const session = await createSession(api(), { LockDelay: '0s' });
      const before = await api().get(`kv/${key}`);
      const taken = await during(`kv/${key}?index=${String(before.index)}&wait=10s`, () =>
        api().put(`kv/${key}?acquire=${session}`, 'b'),
      );
      expect(taken.json<readonly WireEntry[]>()[0]?.Session).toBe(session);
      const freed = await during(`kv/${key}?index=${String(taken.index)}&wait=10s`, () =>
        api().put(`session/destroy/${session}`),
      );
      expect(freed.json<readonly WireEntry[]>()[0]).not.toHaveProperty('Session');
    });

    it('do not wake for changes elsewhere, nor for a rewrite of the same', async () => {
      const [key, other] = [unique('block'), unique('elsewhere')];
      await api().put(`kv/${key}`, 'a');
      const { index } = await api().get(`kv/${key}`);
      const waiting = api().get(`kv/${key}?index=${String(index)}&wait=1s`);
      await sleep(SETTLE_MS);
      await api().put(`kv/${other}`, 'b');
      await api().put(`kv/${key}`, 'a');
      const answer = await waiting;
      expect(answer.took).toBeGreaterThan(900);
      expect([answer.status, answer.index]).toEqual([200, index]);
    });

    it('answer at the end of the wait with the same index', async () => {
      const key = unique('block');
      await api().put(`kv/${key}`, 'a');
      const { index } = await api().get(`kv/${key}`);
      const answer = await api().get(`kv/${key}?index=${String(index)}&wait=500ms`);
      expect(answer.took).toBeGreaterThan(450);
      // Up to a sixteenth more, and a busy machine.
      expect(answer.took).toBeLessThan(5_000);
      expect([answer.status, answer.index]).toEqual([200, index]);
    });

    it('answer at once for an index in the past, and for none', async () => {
      const key = unique('block');
      await api().put(`kv/${key}`, 'a');
      const { index } = await api().get(`kv/${key}`);
      await api().put(`kv/${key}`, 'b');
      for (const query of [`index=${String(index)}&wait=20s`, 'index=0&wait=20s', 'wait=20s']) {
        expect((await api().get(`kv/${key}?${query}`)).took).toBeLessThan(8_000);
      }
    });

    it('take the wait as a Go duration', async () => {
      const key = unique('block');
      await api().put(`kv/${key}`, 'a');
      const { index } = await api().get(`kv/${key}`);
      for (const wait of ['300ms', '0.3s', '0m0.3s']) {
        const answer = await api().get(`kv/${key}?index=${String(index)}&wait=${wait}`);
        expect(answer.took).toBeGreaterThan(250);
        expect(answer.took).toBeLessThan(5_000);
      }
    });

    it('wake many at once', async () => {
      const key = unique('block');
      await api().put(`kv/${key}`, 'a');
      const { index } = await api().get(`kv/${key}`);
      const waiting = Array.from({ length: 50 }, () =>
        api().get(`kv/${key}?index=${String(index)}&wait=10s`),
      );
      await sleep(2 * SETTLE_MS);
      await api().put(`kv/${key}`, 'b');
      const answers = await Promise.all(waiting);
      expect(answers.every((answer) => answer.index > index && answer.took < 8_000)).toBe(true);
    });
  });
}
