import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createVault } from './create-vault.js';
import { vaultOptionsFromEnv } from './options-from-env.js';

const HERE = { VAULT_ADDR: 'http://127.0.0.1:8200' };
const base = { address: HERE.VAULT_ADDR, auth: { method: 'token', token: 't' } };

it.each([
  [{}, undefined],
  [{ VAULT_TOKEN: 't' }, undefined],
  [{ VAULT_ADDR: '', VAULT_TOKEN: 't' }, undefined],
  [{ ...HERE, VAULT_TOKEN: 't' }, base],
  [
    { ...HERE, VAULT_ROLE_ID: 'r', VAULT_SECRET_ID: 's' },
    { ...base, auth: { method: 'approle', roleId: 'r', secretId: 's' } },
  ],
  [
    { ...HERE, VAULT_ROLE_ID: 'r', VAULT_SECRET_ID: 's', VAULT_SECRET_ID_WRAPPED: 'true', VAULT_TOKEN: '' },
    { ...base, auth: { method: 'approle', roleId: 'r', secretId: 's', wrapped: true } },
  ],
  [
    { ...HERE, VAULT_JWT_FILE: '/f', VAULT_JWT_ROLE: 'r' },
    { ...base, auth: { method: 'jwt', file: '/f', role: 'r' } },
  ],
  [
    { ...HERE, VAULT_TOKEN: 't', VAULT_NAMESPACE: 'team/a' },
    { ...base, namespace: 'team/a' },
  ],
  [{ ...HERE, VAULT_TOKEN: 't', VAULT_SKIP_VERIFY: 'false' }, base],
  [
    { ...HERE, VAULT_TOKEN: 't', VAULT_SKIP_VERIFY: '1' },
    { ...base, tls: { skipVerify: true } },
  ],
  [
    { ...HERE, VAULT_TOKEN: 't', VAULT_TLS_SERVER_NAME: 'v' },
    { ...base, tls: { serverName: 'v' } },
  ],
  [
    { ...HERE, VAULT_TOKEN: 't', VAULT_CLIENT_TIMEOUT: '30' },
    { ...base, timeoutMs: 30_000 },
  ],
  [
    { ...HERE, VAULT_TOKEN: 't', VAULT_CLIENT_TIMEOUT: '2m' },
    { ...base, timeoutMs: 120_000 },
  ],
])('reads %j', (env, options) => {
  expect(vaultOptionsFromEnv(env)).toEqual(options);
});

it('reads the authority from its file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vault-env-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'ca.pem'), 'CA');
  const env = { ...HERE, VAULT_TOKEN: 't', VAULT_CACERT: join(folder, 'ca.pem') };
  expect(vaultOptionsFromEnv(env)).toEqual({ ...base, tls: { ca: 'CA', caFile: join(folder, 'ca.pem') } });
});

it.each([
  [{}, /no way to log in/],
  [{ VAULT_TOKEN: 't', VAULT_ROLE_ID: 'r', VAULT_SECRET_ID: 's' }, /VAULT_TOKEN and VAULT_ROLE_ID are set/],
  [{ VAULT_ROLE_ID: 'r' }, /^VAULT_ROLE_ID is set without VAULT_SECRET_ID: they go together\.$/],
  [{ VAULT_SECRET_ID: 's3cret' }, /^VAULT_SECRET_ID is set without VAULT_ROLE_ID/],
  [{ VAULT_JWT_ROLE: 'r' }, /VAULT_JWT_ROLE is set without VAULT_JWT_FILE/],
  [{ VAULT_TOKEN: 't', VAULT_ADDR: 'vault:8200' }, /The address must be http:/],
  [{ VAULT_TOKEN: 't', VAULT_ADDR: 'http://u:p4ss@vault:8200' }, /^(?!.*p4ss).*no user in it/],
  [{ VAULT_TOKEN: 't', VAULT_ADDR: 'http://vault:8200/v1' }, /nothing after it/],
  [{ VAULT_TOKEN: 't0ken\n' }, /^(?!.*t0ken)The token has line breaks/],
  [{ VAULT_TOKEN: 't', VAULT_CACERT: '/does/not/exist' }, /VAULT_CACERT names the file/],
  [{ VAULT_TOKEN: 't', VAULT_SKIP_VERIFY: 'maybe' }, /VAULT_SKIP_VERIFY is "maybe"/],
  [{ VAULT_TOKEN: 't', VAULT_CLIENT_TIMEOUT: 'soon' }, /VAULT_CLIENT_TIMEOUT is "soon"/],
  [{ VAULT_TOKEN: 't', VAULT_NAMESPACE: 'a b' }, /namespace/],
  [
    {
      VAULT_ROLE_ID: 'r',
      VAULT_SKIP_VERIFY: 'x',
      VAULT_CACERT: '/none',
      VAULT_CLIENT_TIMEOUT: '0',
      VAULT_ADDR: 'x',
    },
    /VAULT_ROLE_ID.*VAULT_CACERT.*VAULT_SKIP_VERIFY.*VAULT_CLIENT_TIMEOUT.*address/,
  ],
])('refuses %j', (env, message) => {
  const read = (): unknown => vaultOptionsFromEnv({ ...HERE, ...env });
  expect(read).toThrow(message);
  expect(read).toThrow(expect.objectContaining({ code: 'VAULT_BAD_OPTIONS', retryable: false }));
});

it.each([
  { address: 'ftp://x' },
  { address: 'http://x/path' },
  { timeoutMs: 0 },
  { timeoutMs: 1.5 },
  { auth: { method: 'token', token: '' } as const },
  { auth: { method: 'approle', roleId: '', secretId: '' } as const },
  { auth: { method: 'jwt', role: 'r', file: '' } as const },
  { auth: { method: 'approle', roleId: 'r', secretId: 's', mount: '../x' } as const },
])('createVault refuses %j', (options) => {
  expect(() =>
    createVault({ address: 'http://x', auth: { method: 'token', token: 't' }, ...options }),
  ).toThrow(
    expect.objectContaining({ code: expect.stringMatching(/VAULT_BAD_(OPTIONS|REQUEST)/) as string }),
  );
});
