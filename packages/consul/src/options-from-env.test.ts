import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createConsul } from './create-consul.js';
import { consulOptionsFromEnv } from './options-from-env.js';

async function file(content: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'consul-env-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'file');
  await writeFile(path, content);
  return path;
}

describe('options from the environment', () => {
  it.each([
    [{}, {}],
    [{ CONSUL_HTTP_ADDR: '' }, {}],
    [{ CONSUL_HTTP_ADDR: 'consul.local:8501' }, { host: 'consul.local', port: 8501 }],
    [{ CONSUL_HTTP_ADDR: 'http://10.0.0.1:8500/' }, { host: '10.0.0.1', port: 8500 }],
    [{ CONSUL_HTTP_ADDR: 'https://consul:8501' }, { host: 'consul', port: 8501, tls: {} }],
    [{ CONSUL_HTTP_ADDR: '[::1]:8500' }, { host: '[::1]', port: 8500 }],
    [{ CONSUL_HTTP_ADDR: ':8600' }, { port: 8600 }],
    [{ CONSUL_HTTP_SSL: 'true' }, { tls: {} }],
    [{ CONSUL_HTTP_SSL: '0', CONSUL_HTTP_TOKEN: 't' }, { token: 't' }],
    [{ CONSUL_HTTP_SSL: '1', CONSUL_HTTP_SSL_VERIFY: 'false' }, { tls: { insecure: true } }],
    [{ CONSUL_HTTP_SSL: '1', CONSUL_HTTP_SSL_VERIFY: 'true' }, { tls: {} }],
    [
      { CONSUL_HTTP_SSL: '1', CONSUL_TLS_SERVER_NAME: 'server.dc1.consul' },
      { tls: { serverName: 'server.dc1.consul' } },
    ],
  ])('reads %j', (env, options) => {
    expect(consulOptionsFromEnv(env)).toEqual(options);
  });

  it('reads files, and names them to be read again', async () => {
    const [token, ca, cert, key] = await Promise.all(['t\n', 'CA', 'CERT', 'KEY'].map(file));
    expect(
      consulOptionsFromEnv({
        CONSUL_HTTP_SSL: 'true',
        CONSUL_HTTP_TOKEN_FILE: token,
        CONSUL_CACERT: ca,
        CONSUL_CLIENT_CERT: cert,
        CONSUL_CLIENT_KEY: key,
      }),
    ).toEqual({
      token: 't',
      tokenFile: token,
      tls: { ca: 'CA', caFile: ca, cert: 'CERT', certFile: cert, key: 'KEY', keyFile: key },
    });
  });

  it.each([
    [{ CONSUL_HTTP_ADDR: 'ftp://x' }, /CONSUL_HTTP_ADDR/],
    [{ CONSUL_HTTP_ADDR: 'unix:///run/consul.sock' }, /CONSUL_HTTP_ADDR/],
    [{ CONSUL_HTTP_ADDR: 'http://x:8500/prefix' }, /CONSUL_HTTP_ADDR/],
    [{ CONSUL_HTTP_ADDR: 'x:99999' }, /port 99999/],
    [{ CONSUL_HTTP_SSL: 'maybe' }, /CONSUL_HTTP_SSL is "maybe"/],
    [{ CONSUL_HTTP_TOKEN_FILE: '/does/not/exist' }, /CONSUL_HTTP_TOKEN_FILE/],
  ])('refuses %j', (env, message) => {
    expect(() => consulOptionsFromEnv(env)).toThrow(message);
    expect(() => consulOptionsFromEnv(env)).toThrow(expect.objectContaining({ code: 'CONSUL_BAD_OPTIONS' }));
  });
});

it.each([
  { host: 'http://x' },
  { host: '' },
  { port: 0 },
  { port: 1.5 },
  { timeoutMs: 0 },
  { maxSockets: Number.NaN },
  { tls: { cert: 'x' } },
])('createConsul refuses %j', (options) => {
  expect(() => createConsul(options)).toThrow(expect.objectContaining({ code: 'CONSUL_BAD_OPTIONS' }));
});
