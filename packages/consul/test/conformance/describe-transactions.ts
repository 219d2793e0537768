import { describe, expect, it } from 'vitest';
import { NO_SESSION, createSession, readEntry, textOf, unique } from './http-api.js';
import type { HttpApi, WireEntry } from './http-api.js';

interface Outcome {
  readonly Results: readonly { readonly KV: WireEntry }[] | null;
  readonly Errors: readonly { readonly OpIndex: number; readonly What: string }[] | null;
}

interface Op {
  readonly Verb: string;
  readonly Key: string;
  readonly Value?: string;
  readonly Index?: number;
  readonly Session?: string;
  readonly Flags?: number;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

export function describeTransactions(api: () => HttpApi): void {
  const run = async (
    ...ops: readonly Op[]
  ): Promise<{ readonly status: number; readonly outcome: Outcome }> => {
    const answer = await api().put(
      'txn',
      ops.map((op) => ({ KV: op })),
    );
    return { status: answer.status, outcome: answer.json<Outcome>() };
  };
  const refuse = async (...ops: readonly Op[]): Promise<readonly (readonly [number, string])[]> => {
    const { status, outcome } = await run(...ops);
    expect(status).toBe(409);
    return (outcome.Errors ?? []).map(({ OpIndex, What }) => [OpIndex, What] as const);
  };

  describe.concurrent('transactions', () => {
    it('set and read in one go, with one index', async () => {
      const prefix = unique('txn');
      const { status, outcome } = await run(
        { Verb: 'set', Key: `${prefix}/a`, Value: base64('1'), Flags: 7 },
        { Verb: 'set', Key: `${prefix}/b`, Value: base64('2') },
        { Verb: 'get', Key: `${prefix}/a` },
        { Verb: 'get-tree', Key: `${prefix}/` },
        { Verb: 'check-not-exists', Key: `${prefix}/c` },
      );
      expect(status).toBe(200);
      expect(outcome.Errors ?? []).toEqual([]);
      const results = (outcome.Results ?? []).map(({ KV }) => KV);
      expect(results.map(({ Key, Value }) => [Key, Value === null ? null : textOf(Value)])).toEqual([
        [`${prefix}/a`, null],
        [`${prefix}/b`, null],
        [`${prefix}/a`, '1'],
        [`${prefix}/a`, '1'],
        [`${prefix}/b`, '2'],
      ]);
      expect(results[0]?.Flags).toBe(7);
      expect(new Set(results.map(({ ModifyIndex }) => ModifyIndex)).size).toBe(1);
    });

    it('read only', async () => {
      const key = unique('txn');
      await api().put(`kv/${key}`, 'x');
      const { status, outcome } = await run(
        { Verb: 'get', Key: key },
        { Verb: 'get-tree', Key: `${key}/none/` },
      );
      expect(status).toBe(200);
      expect(outcome.Results?.map(({ KV }) => KV.Key)).toEqual([key]);
    });

    it('check and set, and check indexes', async () => {
      const key = unique('txn');
      await run({ Verb: 'cas', Key: key, Value: base64('a'), Index: 0 });
      const { ModifyIndex } = await readEntry(api(), key);
      const { status } = await run(
        { Verb: 'check-index', Key: key, Index: ModifyIndex },
        { Verb: 'cas', Key: key, Value: base64('b'), Index: ModifyIndex },
      );
      expect(status).toBe(200);
      expect(textOf((await readEntry(api(), key)).Value)).toBe('b');
    });

    it('lock, check the session and unlock', async () => {
      const key = unique('txn');
      const session = await createSession(api());
      const locked = await run(
        { Verb: 'lock', Key: key, Value: base64('a'), Session: session },
        { Verb: 'check-session', Key: key, Session: session },
      );
      expect(locked.status).toBe(200);
      expect(await readEntry(api(), key)).toMatchObject({ Session: session, LockIndex: 1 });
      const unlocked = await run({ Verb: 'unlock', Key: key, Value: base64('b'), Session: session });
      expect(unlocked.status).toBe(200);
      const entry = await readEntry(api(), key);
      expect(entry).not.toHaveProperty('Session');
      expect(textOf(entry.Value)).toBe('b');
    });

    it('delete, a key, under check, and a tree', async () => {
      const prefix = unique('txn');
      for (const name of ['a', 'b', 'c/1', 'c/2']) await api().put(`kv/${prefix}/${name}`, 'x');
      const { ModifyIndex } = await readEntry(api(), `${prefix}/b`);
      const { status, outcome } = await run(
        { Verb: 'delete', Key: `${prefix}/a` },
        { Verb: 'delete-cas', Key: `${prefix}/b`, Index: ModifyIndex },
        { Verb: 'delete-tree', Key: `${prefix}/c/` },
        { Verb: 'delete', Key: `${prefix}/none` },
      );
      expect([status, outcome.Results ?? []]).toEqual([200, []]);
      expect((await api().get(`kv/${prefix}/?keys`)).status).toBe(404);
    });

    it('refuse every failed operation by its place, and change nothing', async () => {
      const prefix = unique('txn');
      const key = `${prefix}/k`;
      await api().put(`kv/${key}`, 'x');
      const { ModifyIndex } = await readEntry(api(), key);
      const failures = await refuse(
        { Verb: 'set', Key: `${prefix}/new`, Value: base64('y') },
        { Verb: 'get', Key: `${prefix}/none` },
        { Verb: 'check-index', Key: key, Index: 1 },
        { Verb: 'cas', Key: key, Index: 1, Value: '' },
        { Verb: 'lock', Key: key, Session: NO_SESSION },
        { Verb: 'unlock', Key: key, Session: NO_SESSION },
        { Verb: 'check-session', Key: key, Session: NO_SESSION },
        { Verb: 'check-not-exists', Key: key },
        { Verb: 'delete-cas', Key: key, Index: 1 },
        { Verb: 'check-index', Key: `${prefix}/none`, Index: 1 },
        { Verb: 'check-session', Key: `${prefix}/none`, Session: NO_SESSION },
      );
      expect(failures).toEqual([
        [1, `key "${prefix}/none" doesn't exist`],
        [2, `failed index check for key "${key}", current modify index ${String(ModifyIndex)} != 1`],
        [3, `failed to set key "${key}", index is stale`],
        [4, `invalid session "${NO_SESSION}"`],
        [5, `failed to unlock key "${key}", lock isn't held, or is held by another session`],
        [6, `failed session check for key "${key}", current session "" != "${NO_SESSION}"`],
        [7, `key "${key}" exists`],
        [8, `failed to delete key "${key}", index is stale`],
        [9, `failed to check index, key "${prefix}/none" doesn't exist`],
        [10, `failed to check session, key "${prefix}/none" doesn't exist`],
      ]);
      expect((await api().get(`kv/${prefix}/new`)).status).toBe(404);
      expect((await readEntry(api(), key)).ModifyIndex).toBe(ModifyIndex);
    });

    it('refuse a lock that another session holds', async () => {
      const key = unique('txn');
      const [mine, theirs] = await Promise.all([createSession(api()), createSession(api())]);
      await api().put(`kv/${key}?acquire=${theirs}`, 'x');
      const [failure] = await refuse({ Verb: 'lock', Key: key, Session: mine });
      expect(failure?.[0]).toBe(0);
      expect(failure?.[1]).toContain(`failed to lock key "${key}"`);
    });

    it('refuse unknown verbs and empty keys', async () => {
      expect(await refuse({ Verb: 'steal', Key: 'x' })).toEqual([[0, 'unknown KV verb "steal"']]);
      const [failure] = await refuse({ Verb: 'set', Key: '', Value: '' });
      expect(failure).toEqual([0, 'Must provide key']);
    });

    it('do nothing for no operations', async () => {
      expect((await run()).status).toBe(200);
    });

    it('refuse a body that is not JSON', async () => {
      const answer = await api().put('txn', '{');
      expect(answer.status).toBe(400);
      expect(answer.text).toMatch(/Failed to parse body/);
    });

    it('take 64 operations and refuse 65', async () => {
      const prefix = unique('txn');
      const ops = Array.from({ length: 65 }, (_, n) => ({
        Verb: 'set',
        Key: `${prefix}/${String(n)}`,
        Value: '',
      }));
      const over = await api().put(
        'txn',
        ops.map((op) => ({ KV: op })),
      );
      expect(over.status).toBe(413);
      expect(over.text).toContain('Transaction contains too many operations (65 > 64)');
      expect((await api().get(`kv/${prefix}/?keys`)).status).toBe(404);
      expect((await run(...ops.slice(1))).status).toBe(200);
    });

    it('refuse a body beyond 512 kB', async () => {
      const key = unique('txn');
      const answer = await api().put('txn', [
        { KV: { Verb: 'set', Key: key, Value: base64('x'.repeat(400_000)) } },
      ]);
      expect(answer.status).toBe(413);
      expect((await api().get(`kv/${key}`)).status).toBe(404);
    });
  });
}
