import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createVault } from '../src/index.js';
import type { VaultClient, VaultOptions } from '../src/index.js';
import { errors, kv2, mount, NOTHING, ok, ROOT_LOOKUP, SEALED } from './support/answers.js';
import type { Answer } from './support/answers.js';
import { failure } from './support/failure.js';
import { startFakeVault } from './support/fake-vault.js';
import type { FakeVault, Routes } from './support/fake-vault.js';

const READ = 'GET /v1/kv/data/web';
const TOKEN = 'hvs.t0kent0kent0kent0kent0ken';

async function against(
  routes: Routes,
  options: Partial<VaultOptions> = {},
): Promise<{ readonly vault: VaultClient; readonly server: FakeVault }> {
  const server = await startFakeVault({
    'GET /v1/auth/token/lookup-self': ROOT_LOOKUP,
    'GET /v1/sys/internal/ui/mounts/kv/web': mount('kv/', '2'),
    ...routes,
  });
  const vault = createVault({ address: server.address, auth: { method: 'token', token: TOKEN }, ...options });
  onTestFinished(() => vault.close());
  return { vault, server };
}

function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

describe('a call', () => {
  it('ends at its deadline when the server hangs', async () => {
    const { vault } = await against({ [READ]: () => undefined }, { timeoutMs: 200 });
    const error = await failure(vault.kv.read('kv/web'));
    expect(error).toMatchObject({ code: 'VAULT_TIMEOUT', retryable: true });
    expect(error.message).toContain('within 200 ms while reading the secret "kv/web"');
  });

  it('takes its own deadline over the default, a login included', async () => {
    const { vault } = await against({ 'GET /v1/auth/token/lookup-self': () => undefined });
    expect(await failure(vault.kv.read('kv/web', { timeoutMs: 50 }))).toMatchObject({
      code: 'VAULT_TIMEOUT',
    });
  });

  it('ends at its deadline when the server stops in the middle of an answer', async () => {
    const { vault } = await against({
      [READ]: (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
        response.write('{"data":');
        return undefined;
      },
    });
    expect(await failure(vault.kv.read('kv/web', { timeoutMs: 200 }))).toMatchObject({
      code: 'VAULT_TIMEOUT',
    });
  });

  it('fails at once when the connection breaks in the middle of an answer', async () => {
    const { vault } = await against({
      [READ]: (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
        response.write('{"data":');
        setTimeout(() => response.destroy(), 20);
        return undefined;
      },
    });
    expect(await failure(vault.kv.read('kv/web'))).toMatchObject({
      code: 'VAULT_UNREACHABLE',
      retryable: true,
    });
  });

  it('ends with its signal, and takes the request with it', async () => {
    const { promise: closed, resolve: close } = withResolvers();
    const { vault, server } = await against({
      [READ]: (_, response) => {
        response.on('close', close);
        return undefined;
      },
    });
    const abort = new AbortController();
    const pending = failure(vault.kv.read('kv/web', { signal: abort.signal }));
    await vi.waitFor(() => {
      expect(server.count(READ)).toBe(1);
    });
    abort.abort(new Error('no longer wanted'));
    expect(await pending).toMatchObject({ code: 'VAULT_ABORTED', cause: { message: 'no longer wanted' } });
    await closed;
    const sent = server.requests.length;
    expect(await failure(vault.kv.read('kv/web', { signal: abort.signal }))).toMatchObject({
      code: 'VAULT_ABORTED',
    });
    expect(server.requests).toHaveLength(sent);
  });

  it('ends when the client is closed', async () => {
    const { vault } = await against({ [READ]: () => undefined });
    const pending = failure(vault.kv.read('kv/web'));
    await vault.close();
    expect((await pending).message).toContain('the client was closed');
    expect(await failure(vault.kv.read('kv/web'))).toMatchObject({ code: 'VAULT_ABORTED' });
  });

  it('fails when nobody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((done) => server.once('listening', done));
    const { port } = server.address() as AddressInfo;
    await new Promise((done) => server.close(done));
    const vault = createVault({
      address: `http://127.0.0.1:${port}`,
      auth: { method: 'token', token: TOKEN },
    });
    const error = await failure(vault.kv.read('kv/web'));
    expect(error).toMatchObject({
      code: 'VAULT_UNREACHABLE',
      retryable: true,
      cause: { code: 'ECONNREFUSED' },
    });
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(TOKEN);
  });

  it.each<[string, Answer, string, boolean]>([
    ['sealed', SEALED, 'VAULT_SEALED', true],
    [
      'standby',
      errors(500, 'local node not active but active cluster node not found'),
      'VAULT_STANDBY',
      true,
    ],
    ['performance standby', { status: 473, body: { errors: ['x'] } }, 'VAULT_STANDBY', true],
    ['redirected', { status: 307, body: null }, 'VAULT_STANDBY', true],
    ['not initialized', errors(501, 'Vault is not initialized'), 'VAULT_SERVER_ERROR', true],
    [
      'limited',
      errors(429, 'request path "kv/data/web": rate limit quota exceeded'),
      'VAULT_SERVER_ERROR',
      true,
    ],
    ['broken inside', errors(500, 'internal error'), 'VAULT_SERVER_ERROR', true],
    ['a proxy', { status: 502, body: 'Bad gateway' }, 'VAULT_BAD_ANSWER', false],
    ['without a token', errors(400, 'missing client token'), 'VAULT_DENIED', false],
    ['wrong', errors(400, 'some argument is wrong'), 'VAULT_BAD_REQUEST', false],
    ['empty', { status: 200, body: null }, 'VAULT_BAD_ANSWER', false],
    ['a text', { status: 200, body: 'text' }, 'VAULT_BAD_ANSWER', false],
    ['without data', ok(), 'VAULT_BAD_ANSWER', false],
    ['with other data', ok({ data: { data: 'x', metadata: {} } }), 'VAULT_BAD_ANSWER', false],
  ])('that is answered by what is %s', async (...[, answer, code, retryable]) => {
    const { vault } = await against({ [READ]: answer });
    const error = await failure(vault.kv.read('kv/web'));
    expect(error).toMatchObject({ code, retryable, status: answer.status, path: 'kv/data/web' });
  });

  it('whose answer is not JSON, or too large, is no answer', async () => {
    const { vault, server } = await against({
      [READ]: (_, response) => {
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html>hello</html>');
        return undefined;
      },
    });
    const error = await failure(vault.kv.read('kv/web'));
    expect(error.code).toBe('VAULT_BAD_ANSWER');
    expect(error.message).not.toContain('<html>');
    server.routes[READ] = kv2({ LARGE: 'x'.repeat(33 * 1024 * 1024) });
    expect(await failure(vault.kv.read('kv/web'))).toMatchObject({ code: 'VAULT_BAD_ANSWER' });
  });

  it('never follows a redirect with the token', async () => {
    const other = await startFakeVault({});
    const { vault } = await against({
      [READ]: (_, response) => {
        response.writeHead(307, { location: `${other.address}/v1/kv/data/web` }).end();
        return undefined;
      },
    });
    expect(await failure(vault.kv.read('kv/web'))).toMatchObject({ code: 'VAULT_STANDBY' });
    expect(other.requests).toHaveLength(0);
  });
});

describe('requests', () => {
  it('carry the namespace', async () => {
    const { vault, server } = await against({ [READ]: kv2({}) }, { namespace: 'team/a' });
    await vault.kv.read('kv/web');
    expect(server.requests.every(({ headers }) => headers['x-vault-namespace'] === 'team/a')).toBe(true);
  });

  it('take nothing from the environment', async () => {
    const names = [
      'VAULT_TOKEN',
      'VAULT_NAMESPACE',
      'VAULT_PREFIX',
      'HTTP_PROXY',
      'http_proxy',
      'DEBUG',
    ] as const;
    const before = names.map((name) => [name, process.env[name]] as const);
    onTestFinished(() => {
      for (const [name, value] of before) {
        if (value === undefined) Reflect.deleteProperty(process.env, name);
        else process.env[name] = value;
      }
    });
    for (const name of names)
      process.env[name] = name.toLowerCase().includes('proxy') ? 'http://127.0.0.1:1' : 'evil';
    const { vault, server } = await against({ [READ]: kv2({}), 'GET /v1/sys/health': HEALTHY });
    await vault.health();
    await vault.kv.read('kv/web');
    expect(server.requests[0]?.headers['x-vault-token']).toBeUndefined();
    expect(server.requests.slice(1).every(({ headers }) => headers['x-vault-token'] === TOKEN)).toBe(true);
    expect(server.requests.some(({ headers }) => headers['x-vault-namespace'] !== undefined)).toBe(false);
  });
});

const HEALTH = {
  initialized: true,
  sealed: false,
  standby: false,
  performance_standby: false,
  replication_performance_mode: 'disabled',
  server_time_utc: 1795397602,
  version: '1.8.0-dev',
};
const HEALTHY = { status: 200, body: HEALTH };

describe('the health of a server', () => {
  it.each([
    ['active', HEALTHY, { initialized: true, sealed: false, standby: false }],
    [
      'sealed',
      { status: 503, body: { ...HEALTH, sealed: true, standby: true } },
      { initialized: true, sealed: true, standby: true },
    ],
    [
      'standby',
      { status: 429, body: { ...HEALTH, standby: true } },
      { initialized: true, sealed: false, standby: true },
    ],
    [
      'performance standby',
      { status: 473, body: { ...HEALTH, standby: true } },
      { initialized: true, sealed: false, standby: true },
    ],
    [
      'not initialized',
      { status: 501, body: { ...HEALTH, initialized: false, sealed: true } },
      { initialized: false, sealed: true, standby: false },
    ],
  ])('that is %s', async (_, answer, health) => {
    const { vault, server } = await against({ 'GET /v1/sys/health': answer });
    expect(await vault.health()).toEqual({ ...health, version: '1.8.0-dev' });
    expect(server.requests.map(({ line }) => line)).toEqual(['GET /v1/sys/health']);
  });

  it('is not told by another server', async () => {
    const { vault } = await against({ 'GET /v1/sys/health': NOTHING });
    expect(await failure(vault.health())).toMatchObject({ status: 404 });
  });
});

describe('engines', () => {
  it('give database credentials with their lease', async () => {
    const answer = ok({
      lease_id: 'database/creds/app/cL311KhS4E6VOZvY3kcaBo7W',
      renewable: true,
      lease_duration: 3600,
      data: { password: 'f-iByP3QVfcbTwCvhRRO', username: 'v-approle-app-1' },
    });
    const { vault, server } = await against({
      'GET /v1/database/creds/app': answer,
      'GET /v1/team/db/creds/app': answer,
      'GET /v1/database/creds/none': errors(400, 'unknown role: none'),
    });
    const credentials = {
      username: 'v-approle-app-1',
      password: 'f-iByP3QVfcbTwCvhRRO',
      lease: { id: 'database/creds/app/cL311KhS4E6VOZvY3kcaBo7W', durationSec: 3600, renewable: true },
    };
    expect(await vault.database.credentials('app')).toEqual(credentials);
    expect(await vault.database.credentials('app', { mount: 'team/db' })).toEqual(credentials);
    expect(await failure(vault.database.credentials('none'))).toMatchObject({ code: 'VAULT_NOT_FOUND' });
    const sent = server.requests.length;
    expect(await failure(vault.database.credentials('../x'))).toMatchObject({ code: 'VAULT_BAD_REQUEST' });
    expect(server.requests).toHaveLength(sent);
  });

  it('issue certificates', async () => {
    const data = {
      certificate: 'CERT',
      expiration: 1795401213,
      issuing_ca: 'CA',
      private_key: 'KEY',
      private_key_type: 'ec',
      serial_number: '71:c9',
    };
    const { vault, server } = await against({
      'PUT /v1/pki/issue/web': ok({ data }),
      'POST /v1/pki/revoke': ok({ data: { revocation_time: 1 } }),
    });
    const request = { commonName: 'web.internal', altNames: ['a', 'b'], ipSans: ['10.0.0.1'], ttlSec: 3600 };
    expect(await vault.pki.issue('web', request)).toEqual({
      certificate: 'CERT',
      privateKey: 'KEY',
      privateKeyType: 'ec',
      issuingCa: 'CA',
      caChain: [],
      serialNumber: '71:c9',
      expiresAt: 1795401213000,
    });
    expect(server.requests.at(-1)?.body).toEqual({
      common_name: 'web.internal',
      alt_names: 'a,b',
      ip_sans: '10.0.0.1',
      ttl: '3600s',
    });
    await vault.pki.revoke('71:c9');
    server.routes['PUT /v1/pki/issue/web'] = errors(400, 'common name evil.com not allowed by this role');
    const error = await failure(vault.pki.issue('web', { commonName: 'evil.com' }));
    expect(error).toMatchObject({ code: 'VAULT_BAD_REQUEST' });
    expect(error.message).toContain('common name evil.com not allowed by this role');
  });

  it('sign and verify', async () => {
    const { vault, server } = await against({
      'POST /v1/transit/sign/pods': ok({ data: { key_version: 1, signature: 'vault:v1:T5Rx' } }),
      'POST /v1/transit/verify/pods': ok({ data: { valid: false } }),
    });
    const input = new TextEncoder().encode('hello');
    expect(await vault.transit.sign('pods', input)).toBe('vault:v1:T5Rx');
    expect(server.requests.at(-1)?.body).toEqual({ input: 'aGVsbG8=' });
    expect(await vault.transit.verify('pods', input, 'vault:v1:T5Rx')).toBe(false);
    expect(server.requests.at(-1)?.body).toEqual({ input: 'aGVsbG8=', signature: 'vault:v1:T5Rx' });
  });

  it('renew and revoke tokens by their accessors', async () => {
    const { vault, server } = await against({
      'POST /v1/auth/token/renew-accessor': ok({ auth: { lease_duration: 60 } }),
      'POST /v1/auth/token/revoke-accessor': { status: 204, body: null },
    });
    expect(await vault.tokens.renewAccessor('a')).toEqual({ ttlSec: 60 });
    await vault.tokens.revokeAccessor('a');
    server.routes['POST /v1/auth/token/renew-accessor'] = errors(400, 'invalid accessor');
    server.routes['POST /v1/auth/token/revoke-accessor'] = errors(403, 'invalid accessor');
    expect(await failure(vault.tokens.renewAccessor('a'))).toMatchObject({ code: 'VAULT_NOT_FOUND' });
    await vault.tokens.revokeAccessor('a');
    expect(await failure(vault.tokens.revokeAccessor(''))).toMatchObject({ code: 'VAULT_BAD_REQUEST' });
  });
});
