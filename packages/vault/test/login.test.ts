import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createVaultAt } from '../src/create-vault.js';
import type { TokenEvent, VaultClient, VaultOptions } from '../src/index.js';
import { auth, DENIED_BY_POLICY, DONE, errors, kv2, lookup, mount } from './support/answers.js';
import { ok, ROOT_LOOKUP, SEALED, UNKNOWN_TOKEN } from './support/answers.js';
import { failure } from './support/failure.js';
import { FakeClock } from './support/fake-clock.js';
import { startFakeVault } from './support/fake-vault.js';
import type { FakeVault, Routes } from './support/fake-vault.js';

const APPROLE = { method: 'approle', roleId: 'role-1', secretId: 'secret-id-1' } as const;
const LOGIN = 'POST /v1/auth/approle/login';
const LOOKUP = 'GET /v1/auth/token/lookup-self';
const RENEW = 'POST /v1/auth/token/renew-self';
const READ = 'GET /v1/kv/data/web';

interface Scene {
  readonly vault: VaultClient;
  readonly server: FakeVault;
  readonly clock: FakeClock;
  readonly events: TokenEvent[];
  /** Their types, in order. */
  readonly types: () => readonly string[];
}

async function scene(routes: Routes, options: Partial<VaultOptions> = {}): Promise<Scene> {
  const server = await startFakeVault({
    'GET /v1/sys/internal/ui/mounts/kv/web': mount('kv/', '2'),
    [READ]: kv2({ KEY: 'value' }),
    ...routes,
  });
  const clock = new FakeClock();
  const events: TokenEvent[] = [];
  const onTokenChange = (event: TokenEvent): void => void events.push(event);
  const vault = createVaultAt(clock, { address: server.address, auth: APPROLE, onTokenChange, ...options });
  onTestFinished(() => vault.close());
  return { vault, server, clock, events, types: () => events.map(({ type }) => type) };
}

/** Gives each answer once, then the last for ever. */
function inTurn<T>(...answers: readonly T[]): () => T {
  let turn = 0;
  return () => answers[Math.min(turn++, answers.length - 1)]!;
}

/** Only the newest token is good. */
function goodFor(...tokens: string[]): Routes[string] {
  return ({ headers }) =>
    tokens.includes(String(headers['x-vault-token'])) ? kv2({ KEY: 'value' }) : UNKNOWN_TOKEN;
}

describe('the first call', () => {
  it('logs in; calls that come together share one login', async () => {
    const { vault, server, types } = await scene({ [LOGIN]: auth('token-1') });
    expect(vault.tokenState()).toEqual({ state: 'none' });
    await Promise.all(Array.from({ length: 20 }, () => vault.kv.read('kv/web')));
    expect(server.count(LOGIN)).toBe(1);
    expect(server.requests.find(({ line }) => line === LOGIN)?.body).toEqual({
      role_id: 'role-1',
      secret_id: 'secret-id-1',
    });
    expect(new Set(server.requests.slice(1).map(({ headers }) => headers['x-vault-token']))).toEqual(
      new Set(['token-1']),
    );
    expect(types()).toEqual(['logged-in']);
    expect(vault.tokenState()).toEqual({
      state: 'valid',
      accessor: 'accessor-of-token-1',
      expiresAt: Date.UTC(2026, 0, 1, 0, 20),
      renewable: true,
    });
  });

  it('that gives up does not end the login that others wait for', async () => {
    let release = (): void => undefined;
    const { vault, server } = await scene({
      [LOGIN]: (_, response) => {
        release = () => response.writeHead(200).end(JSON.stringify(auth('token-1').body));
        return undefined;
      },
    });
    const abort = new AbortController();
    const impatient = failure(vault.kv.read('kv/web', { signal: abort.signal }));
    const patient = vault.kv.read('kv/web');
    await vi.waitFor(() => {
      expect(server.count(LOGIN)).toBe(1);
    });
    abort.abort();
    expect(await impatient).toMatchObject({ code: 'VAULT_ABORTED' });
    release();
    expect((await patient).data).toEqual({ KEY: 'value' });
  });

  it('unwraps a wrapped secret id, once for all logins', async () => {
    const { vault, server } = await scene(
      {
        'POST /v1/sys/wrapping/unwrap': inTurn(
          ok({ data: { secret_id: 'secret-id-1', secret_id_accessor: 'x', secret_id_ttl: 0 } }),
          errors(400, 'wrapping token is not valid or does not exist'),
        ),
        [LOGIN]: inTurn(auth('token-1'), auth('token-2')),
        [LOOKUP]: UNKNOWN_TOKEN,
        [READ]: goodFor('token-2'),
      },
      { auth: { ...APPROLE, secretId: 'wrapping-token', wrapped: true } },
    );
    await vault.kv.read('kv/web');
    expect(server.count('POST /v1/sys/wrapping/unwrap')).toBe(1);
    expect(server.requests[0]?.headers['x-vault-token']).toBe('wrapping-token');
    expect(server.requests.filter(({ line }) => line === LOGIN).map(({ body }) => body)).toEqual([
      { role_id: 'role-1', secret_id: 'secret-id-1' },
      { role_id: 'role-1', secret_id: 'secret-id-1' },
    ]);
  });

  it('says so when somebody else has used the wrapping token', async () => {
    const { vault } = await scene(
      { 'POST /v1/sys/wrapping/unwrap': errors(400, 'wrapping token is not valid or does not exist') },
      { auth: { ...APPROLE, wrapped: true } },
    );
    const error = await failure(vault.kv.read('kv/web'));
    expect(error).toMatchObject({ code: 'VAULT_LOGIN_FAILED', retryable: false, status: 400 });
    expect(error.message).toContain('take the secret id for stolen');
  });

  it.each([
    ['invalid secret id', /secret id is unknown, used up \(secret_id_num_uses\) or expired/],
    ['invalid role ID', /role id is unknown/],
    ['invalid role or secret ID', /role id is unknown, or the secret id/],
  ])('explains %s', async (text, advice) => {
    const { vault } = await scene({ [LOGIN]: errors(400, text) });
    const error = await failure(vault.kv.read('kv/web'));
    expect(error).toMatchObject({ code: 'VAULT_LOGIN_FAILED', retryable: false });
    expect(error.message).toMatch(advice);
  });

  it('that is refused is not repeated with every call, and is after a while', async () => {
    const { vault, server, clock } = await scene({
      [LOGIN]: inTurn(errors(400, 'invalid secret id'), errors(400, 'invalid secret id'), auth('token-1')),
    });
    for (let n = 0; n < 10; n += 1) {
      expect(await failure(vault.kv.read('kv/web'))).toMatchObject({ code: 'VAULT_LOGIN_FAILED' });
    }
    expect(server.count(LOGIN)).toBe(1);
    await clock.advance(1_000);
    await failure(vault.kv.read('kv/web'));
    expect(server.count(LOGIN)).toBe(2);
    await clock.advance(2_000);
    await vault.kv.read('kv/web');
  });

  it('finds Vault sealed, and succeeds at once when it no longer is', async () => {
    const { vault } = await scene({ [LOGIN]: inTurn(errors(503, 'Vault is sealed'), auth('token-1')) });
    expect(await failure(vault.kv.read('kv/web'))).toMatchObject({
      code: 'VAULT_SEALED',
      retryable: true,
      status: 503,
    });
    await vault.kv.read('kv/web');
  });

  it('reads the JWT anew for each login', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vault-jwt-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'jwt');
    await writeFile(file, 'first.jwt\n');
    const { vault, server } = await scene(
      {
        'POST /v1/auth/jwt/login': inTurn(auth('token-1'), auth('token-2')),
        [LOOKUP]: UNKNOWN_TOKEN,
        [READ]: ({ headers }) => {
          if (headers['x-vault-token'] === 'token-2') return kv2({ KEY: 'value' });
          return UNKNOWN_TOKEN;
        },
      },
      { auth: { method: 'jwt', role: 'host', file } },
    );
    server.routes['GET /v1/sys/internal/ui/mounts/kv/web'] = mount('kv/', '2');
    const read = vault.kv.read('kv/web');
    await vi.waitFor(() => {
      expect(server.count('POST /v1/auth/jwt/login')).toBeGreaterThan(0);
    });
    await writeFile(file, 'second.jwt\n');
    await read;
    const bodies = server.requests.filter(({ line }) => line.endsWith('jwt/login')).map(({ body }) => body);
    expect(bodies[0]).toEqual({ role: 'host', jwt: 'first.jwt' });
    expect(bodies).toHaveLength(2);
  });

  it('says so when there is no JWT', async () => {
    const { vault } = await scene({}, { auth: { method: 'jwt', role: 'host', file: '/does/not/exist' } });
    const error = await failure(vault.kv.read('kv/web'));
    expect(error).toMatchObject({ code: 'VAULT_LOGIN_FAILED' });
    expect(error.message).toBe('The JWT file /does/not/exist cannot be read: ENOENT.');
  });
});

describe('a token that is kept', () => {
  it('is renewed at two thirds of its life', async () => {
    const { vault, server, clock, types } = await scene({
      [LOGIN]: auth('token-1'),
      [RENEW]: auth('token-1'),
    });
    await vault.kv.read('kv/web');
    await clock.advance(760_000);
    await vi.waitFor(() => {
      expect(types()).toEqual(['logged-in', 'renewed']);
    });
    expect(server.requests.at(-1)).toMatchObject({
      line: RENEW,
      body: {},
      headers: { 'x-vault-token': 'token-1' },
    });
    expect(vault.tokenState()).toMatchObject({ state: 'valid', expiresAt: Date.UTC(2026, 0, 1) + 1_960_000 });
  });

  it('with a life of 768 hours does not renew all the time', async () => {
    const { vault, server, clock } = await scene({
      [LOGIN]: auth('token-1', { lease_duration: 2_764_800 }),
      [RENEW]: auth('token-1', { lease_duration: 2_764_800 }),
    });
    await vault.kv.read('kv/web');
    await clock.advance(480 * 3_600_000);
    expect(server.count(RENEW)).toBe(0);
    await clock.advance(32 * 3_600_000);
    await vi.waitFor(() => {
      expect(server.count(RENEW)).toBe(1);
    });
  });

  it('is used until another is there when it reaches its maximum', async () => {
    const { vault, server, clock, types } = await scene({
      [LOGIN]: inTurn(auth('token-1'), errors(500, 'busy'), auth('token-2')),
      [RENEW]: auth('token-1', { lease_duration: 440 }),
    });
    await vault.kv.read('kv/web');
    await clock.advance(760_000);
    await vi.waitFor(() => {
      expect(types()).toContain('renewed');
    });
    await clock.advance(220_000);
    await vi.waitFor(() => {
      expect(types()).toEqual(['logged-in', 'renewed', 'renewal-failed']);
    });
    await vault.kv.read('kv/web');
    expect(server.requests.at(-1)?.headers['x-vault-token']).toBe('token-1');
    expect(vault.tokenState().state).toBe('renewing-fails');
    await clock.advance(1_000);
    await vi.waitFor(() => {
      expect(types()).toEqual(['logged-in', 'renewed', 'renewal-failed', 'logged-in']);
    });
    await vault.kv.read('kv/web');
    expect(server.requests.at(-1)?.headers['x-vault-token']).toBe('token-2');
    expect(vault.tokenState()).toMatchObject({ state: 'valid', accessor: 'accessor-of-token-2' });
  });

  it('survives failed renewals, and says so', async () => {
    const { vault, clock, events, types } = await scene({
      [LOGIN]: auth('token-1'),
      [RENEW]: inTurn(SEALED, auth('token-1')),
    });
    await vault.kv.read('kv/web');
    await clock.advance(760_000);
    await vi.waitFor(() => {
      expect(types()).toEqual(['logged-in', 'renewal-failed']);
    });
    expect(events[1]).toMatchObject({ error: { code: 'VAULT_SEALED' }, retryAt: clock.wallNow() + 750 });
    expect(vault.tokenState().state).toBe('renewing-fails');
    await clock.advance(750);
    await vi.waitFor(() => {
      expect(types()).toEqual(['logged-in', 'renewal-failed', 'renewed']);
    });
    expect(vault.tokenState().state).toBe('valid');
  });

  it('is replaced after Vault was away for longer than its life', async () => {
    const { vault, server, clock, types } = await scene({
      [LOGIN]: inTurn(auth('token-1', { lease_duration: 4 }), SEALED, SEALED, auth('token-2')),
      [RENEW]: SEALED,
    });
    await vault.kv.read('kv/web');
    for (let n = 0; n < 300 && server.count(LOGIN) < 4; n += 1) {
      await clock.advance(50);
      await new Promise((done) => setTimeout(done, 4));
    }
    await vi.waitFor(() => {
      expect(types().at(-1)).toBe('logged-in');
    });
    expect(types().filter((type) => type === 'lost')).toHaveLength(1);
    expect(server.count(LOGIN)).toBe(4);
    expect(vault.tokenState()).toMatchObject({ state: 'valid', accessor: 'accessor-of-token-2' });
  });

  it('that was revoked is replaced by the call that notices; calls together log in once', async () => {
    const { vault, server, types } = await scene({
      [LOGIN]: inTurn(auth('token-1'), auth('token-2')),
      [LOOKUP]: UNKNOWN_TOKEN,
    });
    await vault.kv.read('kv/web');
    server.routes[READ] = goodFor('token-2');
    const secrets = await Promise.all(Array.from({ length: 10 }, () => vault.kv.read('kv/web')));
    expect(secrets.every(({ data }) => data.KEY === 'value')).toBe(true);
    expect(server.count(LOGIN)).toBe(2);
    expect(server.count(LOOKUP)).toBe(1);
    expect(types()).toEqual(['logged-in', 'lost', 'logged-in']);
  });

  it('that is good, but denied a path, stays', async () => {
    const { vault, server, types } = await scene({
      [LOGIN]: auth('token-1'),
      [LOOKUP]: lookup(),
      [READ]: DENIED_BY_POLICY,
    });
    const error = await failure(vault.kv.read('kv/web'));
    expect(error).toMatchObject({ code: 'VAULT_DENIED', retryable: false, status: 403, path: 'kv/data/web' });
    expect(error.message).toBe(
      'Vault answered 403 (permission denied) while reading the secret "kv/web". A policy of the token must have: path "kv/data/web" { capabilities = ["read"] }.',
    );
    expect(server.count(READ)).toBe(1);
    expect(server.count(LOGIN)).toBe(1);
    expect(types()).toEqual(['logged-in']);
  });

  it('that Vault revoked is noticed by its renewal', async () => {
    const { vault, clock, types } = await scene({
      [LOGIN]: inTurn(auth('token-1'), auth('token-2')),
      [RENEW]: UNKNOWN_TOKEN,
      [LOOKUP]: UNKNOWN_TOKEN,
    });
    await vault.kv.read('kv/web');
    await clock.advance(760_000);
    await vi.waitFor(() => {
      expect(types()).toEqual(['logged-in', 'lost', 'logged-in']);
    });
  });
});

describe('a given token', () => {
  const given = { auth: { method: 'token', token: 'given-token' } } as const;

  it('without an end is never renewed', async () => {
    const { vault, clock } = await scene({ [LOOKUP]: ROOT_LOOKUP }, given);
    await vault.kv.read('kv/web');
    expect(vault.tokenState()).toEqual({ state: 'valid', accessor: 'root-accessor', renewable: false });
    expect(clock.armed).toBe(0);
  });

  it('that Vault does not take is a failed login', async () => {
    const { vault } = await scene({ [LOOKUP]: UNKNOWN_TOKEN }, given);
    const error = await failure(vault.kv.read('kv/web'));
    expect(error).toMatchObject({ code: 'VAULT_LOGIN_FAILED', status: 403 });
    expect(error.message).toContain('The token is unknown, expired or revoked');
  });

  it('tells in time that it ends, and is lost then', async () => {
    const { vault, server, clock, events, types } = await scene(
      { [LOOKUP]: lookup({ ttl: 1_200 }), [RENEW]: auth('given-token', { lease_duration: 440 }) },
      given,
    );
    await vault.kv.read('kv/web');
    await clock.advance(760_000);
    await vi.waitFor(() => {
      expect(types()).toEqual(['logged-in', 'renewed']);
    });
    await clock.advance(220_000);
    expect(events.at(-1)).toMatchObject({
      type: 'renewal-failed',
      error: { code: 'VAULT_TOKEN_LOST' },
      retryAt: undefined,
    });
    expect((events.at(-1) as { error: Error }).error.message).toContain('ends at 2026-01-01T00:20:00.000Z');
    await vault.kv.read('kv/web');
    await clock.advance(220_000);
    expect(types().at(-1)).toBe('lost');
    expect(vault.tokenState()).toMatchObject({ state: 'lost' });
    const sent = server.requests.length;
    const error = await failure(vault.kv.read('kv/web'));
    expect(error).toMatchObject({ code: 'VAULT_TOKEN_LOST', retryable: false });
    expect(error.message).toContain('Give another token');
    expect(server.requests).toHaveLength(sent);
  });
});

describe('a client with a token role', () => {
  it('has a token of its own, made with the other’s', async () => {
    const { vault, server } = await scene({
      [LOGIN]: auth('token-1'),
      'POST /v1/auth/token/create/pod-web': auth('pod-token'),
    });
    const pod = vault.withTokenRole('pod-web');
    await pod.kv.read('kv/web');
    expect(server.requests.map(({ line, headers }) => [line, headers['x-vault-token']])).toEqual([
      [LOGIN, undefined],
      ['POST /v1/auth/token/create/pod-web', 'token-1'],
      ['GET /v1/sys/internal/ui/mounts/kv/web', 'pod-token'],
      [READ, 'pod-token'],
    ]);
    expect(pod.tokenState()).toMatchObject({ state: 'valid', accessor: 'accessor-of-pod-token' });
  });

  it.each([
    [false, ['logged-in', 'logged-in', 'renewed', 'logged-in', 'logged-in']],
    [true, ['logged-in', 'logged-in', 'renewed', 'logged-in']],
  ])('gets another token when the other’s ends, unless it is an orphan (%s)', async (orphan, expected) => {
    const { vault, clock, types } = await scene({
      [LOGIN]: inTurn(auth('token-1'), auth('token-2')),
      [RENEW]: auth('token-1', { lease_duration: 440 }),
      'POST /v1/auth/token/create/pod-web': inTurn(
        auth('pod-token-1', { lease_duration: 36_000, orphan }),
        auth('pod-token-2', { lease_duration: 36_000, orphan }),
      ),
    });
    const pod = vault.withTokenRole('pod-web');
    await pod.kv.read('kv/web');
    await clock.advance(760_000);
    await vi.waitFor(() => {
      expect(types()).toEqual(expected.slice(0, 3));
    });
    await clock.advance(220_000);
    await vi.waitFor(() => {
      expect(types()).toEqual(expected.slice(0, 4));
    });
    await clock.advance(115_000);
    await vi.waitFor(() => {
      expect(types()).toEqual(expected);
    });
    expect(pod.tokenState().accessor).toBe(orphan ? 'accessor-of-pod-token-1' : 'accessor-of-pod-token-2');
  });

  it('is closed alone, or with the other', async () => {
    const { vault, server } = await scene({
      [LOGIN]: auth('token-1'),
      'POST /v1/auth/token/create/pod-web': auth('pod-token'),
      'POST /v1/auth/token/revoke-self': DONE,
    });
    const [one, two] = [vault.withTokenRole('pod-web'), vault.withTokenRole('pod-web')];
    await one.kv.read('kv/web');
    await one.close({ revoke: true });
    expect(server.requests.at(-1)).toMatchObject({
      line: 'POST /v1/auth/token/revoke-self',
      headers: { 'x-vault-token': 'pod-token' },
    });
    expect(await failure(one.kv.read('kv/web'))).toMatchObject({ code: 'VAULT_ABORTED' });
    await vault.kv.read('kv/web');
    await vault.close();
    expect(await failure(two.kv.read('kv/web'))).toMatchObject({ code: 'VAULT_ABORTED' });
  });

  it('names the path when it may not be made', async () => {
    const { vault } = await scene({
      [LOGIN]: auth('token-1'),
      [LOOKUP]: lookup(),
      'POST /v1/auth/token/create/pod-web': DENIED_BY_POLICY,
    });
    const error = await failure(vault.withTokenRole('pod-web').kv.read('kv/web'));
    expect(error).toMatchObject({ code: 'VAULT_DENIED', path: 'auth/token/create/pod-web' });
  });
});

describe('closing', () => {
  it('leaves the token alone and no timer behind', async () => {
    const { vault, server, clock } = await scene({ [LOGIN]: auth('token-1') });
    await vault.kv.read('kv/web');
    expect(clock.armed).toBeGreaterThan(0);
    await vault.close();
    expect(clock.armed).toBe(0);
    expect(server.requests.some(({ line }) => line.includes('revoke'))).toBe(false);
    await vault.close({ revoke: true });
    expect(server.requests.some(({ line }) => line.includes('revoke'))).toBe(false);
  });

  it('during a login holds no token', async () => {
    const { vault, clock } = await scene({ [LOGIN]: () => undefined });
    const read = failure(vault.kv.read('kv/web'));
    await vi.waitFor(() => {
      expect(vault.tokenState().state).toBe('none');
    });
    await vault.close();
    expect(await read).toMatchObject({ code: 'VAULT_ABORTED' });
    expect(clock.armed).toBe(0);
  });
});

it('no token and no secret is in any event, state or error, however closely one looks', async () => {
  const secrets = [
    'hvs.tokentokentokentokentoken',
    'secret-id-1',
    'hvs.newtokennewtokennewtoken',
    'v4lue-of-the-secret',
  ];
  const { vault, server, clock, events } = await scene({
    [LOGIN]: inTurn(
      auth(secrets[0]!, { accessor: 'one' }),
      auth(secrets[2]!, { accessor: 'two' }),
      errors(400, `invalid secret id secret-id-1`),
    ),
    [LOOKUP]: UNKNOWN_TOKEN,
    [RENEW]: ({ headers }) => errors(500, `cannot renew ${String(headers['x-vault-token'])}`),
    'POST /v1/kv/data/web': errors(400, 'failed to store {"KEY":"v4lue-of-the-secret"}'),
  });
  const found: unknown[] = [];
  await vault.kv.read('kv/web');
  await clock.advance(760_000);
  await vi.waitFor(() => {
    expect(events.some(({ type }) => type === 'renewal-failed')).toBe(true);
  });
  found.push(await failure(vault.kv.write('kv/web', { KEY: 'v4lue-of-the-secret' })));
  server.routes[READ] = UNKNOWN_TOKEN;
  found.push(await failure(vault.kv.read('kv/web')), await failure(vault.kv.read('kv/web')));
  found.push(vault.tokenState(), vault, events);
  const text = inspect(found, { depth: 30, showHidden: true, maxArrayLength: null, maxStringLength: null });
  for (const secret of secrets) expect(text).not.toContain(secret);
  expect(text).toContain('cannot renew ***');
});
