import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAgent, resolveAddress } from './connection.js';

describe('resolveAddress', () => {
  let certificates = '';
  beforeAll(async () => {
    certificates = await mkdtemp(join(tmpdir(), 'docker-certificates-'));
    for (const name of ['ca', 'cert', 'key']) await writeFile(join(certificates, `${name}.pem`), name);
  });
  afterAll(async () => {
    await rm(certificates, { recursive: true });
  });

  it.each([
    ['unix:///run/other.sock', { kind: 'socket', socketPath: '/run/other.sock' }],
    ['npipe:////./pipe/docker_engine', { kind: 'socket', socketPath: '//./pipe/docker_engine' }],
    ['tcp://10.0.0.1:2375', { kind: 'tcp', host: '10.0.0.1', port: 2375 }],
    ['tcp://10.0.0.1', { kind: 'tcp', host: '10.0.0.1', port: 2375 }],
    ['tcp://10.0.0.1:80', { kind: 'tcp', host: '10.0.0.1', port: 80 }],
    ['engine.example:4243', { kind: 'tcp', host: 'engine.example', port: 4243 }],
    ['tcp://[::1]:2375', { kind: 'tcp', host: '::1', port: 2375 }],
  ])('%s', (host, address) => {
    expect(resolveAddress(host, {})).toEqual(address);
    expect(resolveAddress(undefined, { DOCKER_HOST: host })).toEqual(address);
  });

  it('takes the local socket when nothing is given', () => {
    expect(resolveAddress(undefined, {})).toEqual({
      kind: 'socket',
      socketPath: expect.any(Function) as unknown,
    });
  });

  it('prefers the given host to the environment', () => {
    const address = resolveAddress('unix:///a.sock', { DOCKER_HOST: 'tcp://10.0.0.1:1' });
    expect(address).toEqual({ kind: 'socket', socketPath: '/a.sock' });
  });

  it('uses TLS when the environment says so', () => {
    const env = { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: certificates };
    expect(resolveAddress('tcp://engine', env)).toEqual({
      kind: 'tcp',
      host: 'engine',
      port: 2376,
      tls: { ca: Buffer.from('ca'), cert: Buffer.from('cert'), key: Buffer.from('key') },
    });
  });

  it.each([
    ['ssh://me@host', {}, /scheme ssh is not supported/],
    ['tcp://a b', {}, /tcp:\/\/host:port/],
    [
      'tcp://engine',
      { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/nowhere' },
      /certificates .* in \/nowhere/,
    ],
  ])('refuses %s', (host, env, message) => {
    expect(() => resolveAddress(host, env)).toThrow(
      expect.objectContaining({
        code: 'DOCKER_CONFIG_INVALID',
        message: expect.stringMatching(message) as unknown,
      }),
    );
  });
});

describe('createAgent', () => {
  it('prints as a word, for it is printed with every request', () => {
    const agent = createAgent({ kind: 'tcp', host: 'x', port: 1 }, { keepAlive: true });
    expect(inspect(agent, { depth: null, showHidden: true })).toBe('Agent');
  });
});
