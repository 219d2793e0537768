import { describe, expect, it } from 'vitest';
import { NO_SESSION, createSession, readEntry, textOf, unique } from './http-api.js';
import type { HttpApi, WireEntry } from './http-api.js';

const LIMIT = 512 * 1024;

export function describeKv(api: () => HttpApi): void {
  describe.concurrent('kv', () => {
    it('writes, reads and deletes a key', async () => {
      const key = unique('kv');
      const put = await api().put(`kv/${key}`, 'hello');
      expect([put.status, put.text.trim()]).toEqual([200, 'true']);
      expect(put.headers.get('content-type')).toMatch(/^application\/json/);

      const got = await api().get(`kv/${key}`);
      const [entry] = got.json<readonly WireEntry[]>();
      expect(entry).toMatchObject({ Key: key, Value: 'aGVsbG8=', Flags: 0, LockIndex: 0 });
      expect(entry).not.toHaveProperty('Session');
      expect(entry?.ModifyIndex).toBe(entry?.CreateIndex);
      expect(got.index).toBe(entry?.ModifyIndex);

      expect((await api().delete(`kv/${key}`)).text.trim()).toBe('true');
      const gone = await api().get(`kv/${key}`);
      expect([gone.status, gone.text]).toEqual([404, '']);
      expect(gone.index).toBeGreaterThan(0);
    });

    it('keeps CreateIndex and moves ModifyIndex on a change, and neither on a rewrite of the same', async () => {
      const key = unique('kv');
      await api().put(`kv/${key}`, 'x');
      const first = await readEntry(api(), key);
      await api().put(`kv/${key}`, 'x');
      expect(await readEntry(api(), key)).toEqual(first);
      await api().put(`kv/${key}`, 'y');
      const changed = await readEntry(api(), key);
      expect(changed.CreateIndex).toBe(first.CreateIndex);
      expect(changed.ModifyIndex).toBeGreaterThan(first.ModifyIndex);
      await api().put(`kv/${key}?flags=1`, 'y');
      expect((await readEntry(api(), key)).ModifyIndex).toBeGreaterThan(changed.ModifyIndex);
    });

    it('takes an empty value, and gives it as null', async () => {
      const key = unique('kv');
      await api().put(`kv/${key}`, '');
      expect((await readEntry(api(), key)).Value).toBeNull();
    });

    it('takes keys with slashes, spaces, percent signs and letters beyond ASCII, encoded or not', async () => {
      const prefix = unique('kv');
      const key = `${prefix}/a b/é%2F+?.json`;
      await api().put(`kv/${encodeURIComponent(key)}`, 'x');
      expect((await readEntry(api(), encodeURIComponent(key))).Key).toBe(key);
      const split = key.split('/').map(encodeURIComponent).join('/');
      expect((await readEntry(api(), split)).Key).toBe(key);
    });

    it('takes bytes that are not text', async () => {
      const key = unique('kv');
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
      await fetch(`${api().base}/v1/kv/${key}`, { method: 'PUT', body: bytes });
      const raw = await fetch(`${api().base}/v1/kv/${key}?raw`);
      expect(new Uint8Array(await raw.arrayBuffer())).toEqual(bytes);
    });

    it('gives the bare value for ?raw', async () => {
      const key = unique('kv');
      await api().put(`kv/${key}`, '{"a":1}');
      const raw = await api().get(`kv/${key}?raw`);
      expect([raw.status, raw.text]).toEqual([200, '{"a":1}']);
      expect(raw.index).toBeGreaterThan(0);
      expect((await api().get(`kv/${unique('kv')}?raw`)).status).toBe(404);
    });

    it('keeps flags', async () => {
      const key = unique('kv');
      await api().put(`kv/${key}?flags=42`, 'x');
      expect((await readEntry(api(), key)).Flags).toBe(42);
      await api().put(`kv/${key}`, 'y');
      expect((await readEntry(api(), key)).Flags).toBe(0);
    });

    it('lists below a prefix, sorted, and nothing else', async () => {
      const prefix = unique('kv');
      for (const name of ['b', 'a/2', 'a/1']) await api().put(`kv/${prefix}/${name}`, name);
      await api().put(`kv/${prefix}-other`, 'x');
      const answer = await api().get(`kv/${prefix}/?recurse`);
      const entries = answer.json<readonly WireEntry[]>();
      expect(entries.map(({ Key, Value }) => [Key, textOf(Value)])).toEqual([
        [`${prefix}/a/1`, 'a/1'],
        [`${prefix}/a/2`, 'a/2'],
        [`${prefix}/b`, 'b'],
      ]);
      expect(answer.index).toBe(Math.max(...entries.map(({ ModifyIndex }) => ModifyIndex)));
    });

    it('answers 404, empty, with an index for an empty prefix', async () => {
      for (const query of ['recurse', 'keys']) {
        const answer = await api().get(`kv/${unique('kv')}/?${query}`);
        expect([query, answer.status, answer.text]).toEqual([query, 404, '']);
        expect(answer.index).toBeGreaterThan(0);
      }
    });

    it('lists names, to a separator', async () => {
      const prefix = unique('kv');
      for (const name of ['a', 'b/1', 'b/2', 'c/d/e']) await api().put(`kv/${prefix}/${name}`, 'x');
      const names = async (query: string): Promise<unknown> =>
        (await api().get(`kv/${prefix}/${query}`)).json();
      expect(await names('?keys')).toEqual(['a', 'b/1', 'b/2', 'c/d/e'].map((name) => `${prefix}/${name}`));
      expect(await names('?keys&separator=/')).toEqual(['a', 'b/', 'c/'].map((name) => `${prefix}/${name}`));
      expect(await names('b/?keys&separator=/')).toEqual(['b/1', 'b/2'].map((name) => `${prefix}/${name}`));
    });

    it('checks and sets', async () => {
      const key = unique('kv');
      const cas = async (index: number, value: string): Promise<string> =>
        (await api().put(`kv/${key}?cas=${String(index)}`, value)).text.trim();
      expect(await cas(99, 'no')).toBe('false');
      expect(await cas(0, 'made')).toBe('true');
      expect(await cas(0, 'again')).toBe('false');
      const { ModifyIndex } = await readEntry(api(), key);
      expect(await cas(ModifyIndex - 1, 'stale')).toBe('false');
      expect(await cas(ModifyIndex, 'right')).toBe('true');
      expect(textOf((await readEntry(api(), key)).Value)).toBe('right');
    });

    it('deletes under check', async () => {
      const key = unique('kv');
      await api().put(`kv/${key}`, 'x');
      const { ModifyIndex } = await readEntry(api(), key);
      expect((await api().delete(`kv/${key}?cas=${String(ModifyIndex - 1)}`)).text.trim()).toBe('false');
      expect((await api().delete(`kv/${key}?cas=0`)).text.trim()).toBe('false');
      expect((await api().delete(`kv/${key}?cas=${String(ModifyIndex)}`)).text.trim()).toBe('true');
      expect((await api().get(`kv/${key}`)).status).toBe(404);
    });

    it('deletes below a prefix', async () => {
      const prefix = unique('kv');
      for (const name of ['a', 'b/1', 'c']) await api().put(`kv/${prefix}/${name}`, 'x');
      await api().put(`kv/${prefix}2`, 'x');
      expect((await api().delete(`kv/${prefix}/?recurse`)).text.trim()).toBe('true');
      expect((await api().get(`kv/${prefix}/?keys`)).status).toBe(404);
      expect((await api().get(`kv/${prefix}2`)).status).toBe(200);
    });

    it('deletes what does not exist without complaint', async () => {
      const answer = await api().delete(`kv/${unique('kv')}`);
      expect([answer.status, answer.text.trim()]).toEqual([200, 'true']);
    });

    it('takes 512 kB and refuses one byte more with 413', async () => {
      const key = unique('kv');
      expect((await api().put(`kv/${key}`, 'x'.repeat(LIMIT))).status).toBe(200);
      const over = await api().put(`kv/${key}`, 'y'.repeat(LIMIT + 1));
      expect(over.status).toBe(413);
      expect(over.text).toMatch(/too large/);
      expect(textOf((await readEntry(api(), key)).Value).startsWith('x')).toBe(true);
    });

    it('refuses what makes no sense', async () => {
      const key = unique('kv');
      const cases: readonly (readonly [string, string, number, RegExp])[] = [
        ['PUT', 'kv/', 400, /Missing key name/],
        ['DELETE', `kv/${key}?cas=1&recurse`, 400, /Conflicting flags/],
        ['POST', `kv/${key}`, 405, /method POST not allowed/],
        ['GET', `kv/${key}?index=abc`, 400, /Invalid index/],
        ['GET', `kv/${key}?index=1&wait=abc`, 400, /Invalid wait time/],
      ];
      for (const [method, path, status, text] of cases) {
        const answer = await api().send(method, path, method === 'PUT' ? 'x' : undefined);
        expect([method, path, answer.status]).toEqual([method, path, status]);
        expect(answer.text).toMatch(text);
      }
      expect((await api().put(`kv/${key}?cas=abc`, 'x')).status).toBeGreaterThanOrEqual(400);
      expect((await api().put(`kv/${key}?flags=abc`, 'x')).status).toBeGreaterThanOrEqual(400);
    });

    it('locks a key for one session at a time', async () => {
      const key = unique('kv');
      const [mine, theirs] = await Promise.all([createSession(api()), createSession(api())]);
      const lock = async (verb: string, session: string): Promise<string> =>
        (await api().put(`kv/${key}?${verb}=${session}`, verb)).text.trim();

      expect(await lock('acquire', mine)).toBe('true');
      const first = await readEntry(api(), key);
      expect(first).toMatchObject({ Session: mine, LockIndex: 1 });
      expect(await lock('acquire', theirs)).toBe('false');
      expect(await lock('release', theirs)).toBe('false');

      // The holder may acquire again, to write a new value; the same value changes nothing.
      expect(await lock('acquire', mine)).toBe('true');
      expect(await readEntry(api(), key)).toEqual(first);
      expect((await api().put(`kv/${key}?acquire=${mine}`, 'new')).text.trim()).toBe('true');
      const again = await readEntry(api(), key);
      expect(again).toMatchObject({ Session: mine, LockIndex: 1 });
      expect(again.ModifyIndex).toBeGreaterThan(first.ModifyIndex);

      expect(await lock('release', mine)).toBe('true');
      const free = await readEntry(api(), key);
      expect(free).not.toHaveProperty('Session');
      expect([free.LockIndex, textOf(free.Value)]).toEqual([1, 'release']);
      expect(await lock('release', mine)).toBe('false');

      expect(await lock('acquire', theirs)).toBe('true');
      expect(await readEntry(api(), key)).toMatchObject({ Session: theirs, LockIndex: 2 });
    });

    it('keeps the lock, but not its count, when someone writes the value plainly', async () => {
      const key = unique('kv');
      const session = await createSession(api());
      await api().put(`kv/${key}?acquire=${session}`, 'a');
      await api().put(`kv/${key}`, 'b');
      const entry = await readEntry(api(), key);
      expect([entry.Session, entry.LockIndex, textOf(entry.Value)]).toEqual([session, 0, 'b']);
    });

    it('refuses a lock for a session that does not exist', async () => {
      const key = unique('kv');
      const answer = await api().put(`kv/${key}?acquire=${NO_SESSION}`, 'x');
      expect(answer.status).toBe(500);
      expect(answer.text).toContain(`invalid session "${NO_SESSION}"`);
      const malformed = await api().put(`kv/${key}?acquire=nonsense`, 'x');
      expect(malformed.status).toBe(500);
      expect((await api().get(`kv/${key}`)).status).toBe(404);
      expect((await api().put(`kv/${key}?release=${NO_SESSION}`, 'x')).text.trim()).toBe('false');
    });
  });
}
