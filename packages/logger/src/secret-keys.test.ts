import { describe, expect, it } from 'vitest';
import { isSecretKey, secretKeyTest } from './secret-keys.js';

describe('isSecretKey', () => {
  it.each([
    'token',
    'TOKEN',
    'password',
    'dbPassword',
    'passwordHash',
    'secret',
    'secretId',
    'secret_id',
    'SECRET-ID',
    'authorization',
    'Authorization',
    'Proxy-Authorization',
    'apiKey',
    'api_key',
    'privateKey',
    'x-vault-token',
    'X-Consul-Token',
    'cookie',
    'Set-Cookie',
    'client_token',
    'CONSUL_HTTP_TOKEN',
    'VAULT_SECRET_ID',
    'X-Registry-Auth',
    'identitytoken',
    'AWS_SECRET_ACCESS_KEY',
    'tokenValue',
    'secrets',
    'credentials',
    'MYSQL_PWD',
  ])('takes %s for a secret', (key) => {
    expect(isSecretKey(key)).toBe(true);
  });

  it.each([
    'tokenTtlMs',
    'secretPath',
    'secretsRefreshed',
    'key',
    'keys',
    'author',
    'pod',
    'monkey',
    'cookieCount',
    'name',
    '',
  ])('leaves %s alone', (key) => {
    expect(isSecretKey(key)).toBe(false);
  });
});

it('takes further names', () => {
  const test = secretKeyTest(['license-key', '']);
  expect([test('licenseKey'), test('appLicenseKey'), test('license'), test('token')]).toEqual([
    true,
    true,
    false,
    true,
  ]);
});
