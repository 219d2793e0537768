import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ACL_CONFIG, changeAcl, eventually, startConsul } from '@raftainer/testing';
import type { RealConsul } from '@raftainer/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createConsul } from '../src/index.js';
import type { ConsulClient } from '../src/index.js';

const RULES = 'key_prefix "" { policy = "write" } session_prefix "" { policy = "write" }';

let server: RealConsul;
let folder: string;
let file: string;
let consul: ConsulClient;
let token: Token;

interface Token {
  readonly accessor: string;
  readonly secret: string;
}

beforeAll(async () => {
  server = await startConsul({
    config: ACL_CONFIG,
  });
  folder = await mkdtemp(join(tmpdir(), 'consul-token-'));
  file = join(folder, 'token');
  await eventually(
    () => changeAcl(server, { method: 'PUT', path: 'policy', body: { Name: 'all', Rules: RULES } }),
    { timeoutMs: 30_000 },
  );
  token = await createToken();
  await place(token);
  consul = createConsul({ host: server.host, port: server.port, tokenFile: file });
}, 60_000);

afterAll(async () => {
  consul.close();
  await server.stop();
  await rm(folder, { recursive: true });
});

async function createToken(): Promise<Token> {
  const { AccessorID = '', SecretID = '' } = await changeAcl(server, {
    method: 'PUT',
    path: 'token',
    body: { Policies: [{ Name: 'all' }] },
  });
  return { accessor: AccessorID, secret: SecretID };
}

async function place({ secret }: Token): Promise<void> {
  await writeFile(`${file}.new`, `${secret}\n`);
  await rename(`${file}.new`, file);
}

it('calls, watches and held sessions go on over the end of their token, also when it ends before the next is there', async () => {
  const errors: unknown[] = [];
  const seen: (string | undefined)[] = [];
  const ending = new AbortController();
  const watching = (async (): Promise<void> => {
    const updates = consul.watchKey('watched', { signal: ending.signal, onError: (e) => errors.push(e) });
    for await (const { value } of updates) seen.push(value?.value);
  })();
  const session = await consul.sessions.hold({
    name: 'kept',
    ttlMs: 10_000,
    lockDelayMs: 0,
    renewEveryMs: 500,
  });
  try {
    await consul.kv.set('watched', 'by the first');
    const old = token;
    const first = consul.token.fingerprint ?? '';
    token = await createToken();
    await place(token);
    await changeAcl(server, { method: 'DELETE', path: `token/${old.accessor}` });
    // No pause: the file is read again because of the refusal, not because it was time.
    await consul.kv.set('watched', 'by the second');
    await eventually(() => seen.at(-1) === 'by the second', { timeoutMs: 10_000 });
    expect(consul.token).toEqual({ file, fingerprint: expect.not.stringContaining(first) as string });

    const second = token;
    token = await createToken();
    await changeAcl(server, { method: 'DELETE', path: `token/${second.accessor}` });
    await expect(consul.kv.get('watched')).rejects.toMatchObject({
      code: 'CONSUL_FORBIDDEN',
      message: expect.stringContaining(`Write a valid one there`) as string,
    });
    expect(consul.token.refused?.error.message).toContain(file);
    expect(consul.token.refused?.error.message).not.toContain(second.secret);
    await place(token);
    await eventually(() => consul.kv.set('watched', 'by the third'), { timeoutMs: 5_000, intervalMs: 50 });
    expect(consul.token.refused).toBeUndefined();
    await eventually(() => seen.at(-1) === 'by the third', { timeoutMs: 15_000 });
    expect(session.lost.aborted).toBe(false);
    expect(await consul.sessions.info(session.id)).toBeDefined();
  } finally {
    ending.abort();
    await session.release();
    await watching;
  }
}, 60_000);

it('a token that lacks a right is not one that is refused', async () => {
  await expect(consul.services.register({ id: 'x', name: 'x' })).rejects.toMatchObject({
    code: 'CONSUL_FORBIDDEN',
    message: expect.stringContaining('needs the right: service') as string,
  });
  expect(consul.token.refused).toBeUndefined();
});
