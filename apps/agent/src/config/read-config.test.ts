import { hostname } from 'node:os';

import { describe, expect, it } from 'vitest';

import { DEFAULT_LEASE_TERMS, FAST_LEASE_TERMS } from '../lease/lease-terms.js';
import { readConfig } from './read-config.js';

import type { Environment } from './read-config.js';

/** The message of a refused configuration. */
function refusal(environment: Environment): string {
  try {
    readConfig(environment);
  } catch (error: unknown) {
    expect(error).toMatchObject({ name: 'AgentError', code: 'AGENT_CONFIG_INVALID', retryable: false });
    return (error as Error).message;
  }
  return expect.unreachable('it was taken');
}

describe('readConfig', () => {
  it('needs nothing', () => {
    expect(readConfig({ HOSTNAME: 'host-1' })).toEqual({
      host: 'host-1',
      region: undefined,
      labels: {},
      secureIp: '127.0.0.1',
      internalIp: '127.0.0.1',
      fastStartup: false,
      portRange: { from: 20_000, to: 31_999 },
      podSubnets: { range: '10.213.0.0/16', prefixLength: 28 },
      concurrency: 6,
      enginePatienceMs: 30_000,
      stateDir: expect.stringMatching(/^\/.*raftainer$/) as string,
      lease: DEFAULT_LEASE_TERMS,
      returnMs: 60_000,
      consul: { kind: 'embedded', port: 8500 },
      vault: { kind: 'embedded' },
      secrets: { pollMs: 60_000, splayMs: 10_000 },
      log: { level: 'info', format: 'auto' },
    });
  });

  it('takes the name of the machine when it is told none, and empty for absent', () => {
    expect(readConfig({}).host).toBe(hostname().toLowerCase());
    expect(readConfig({ HOSTNAME: '', RAFTAINER_REGION: '', RAFTAINER_CONSUL_HOST: '' })).toEqual(
      readConfig({}),
    );
  });

  it('takes the Vault that is named, one inside beside the Consul inside, and none beside a real one', () => {
    const real = { RAFTAINER_CONSUL_HOST: 'consul.internal' };
    expect(readConfig(real).vault).toEqual({ kind: 'none' });
    expect(readConfig({ ...real, RAFTAINER_VAULT: 'embedded', RAFTAINER_VAULT_PORT: '8300' }).vault).toEqual({
      kind: 'embedded',
      port: 8300,
    });
    expect(readConfig({ RAFTAINER_VAULT: 'none' }).vault).toEqual({ kind: 'none' });
    const named = { VAULT_ADDR: 'http://127.0.0.1:8200', VAULT_TOKEN: 'hvs.x' };
    expect(readConfig(named).vault).toMatchObject({
      kind: 'external',
      options: { address: named.VAULT_ADDR },
    });
    expect(refusal({ ...named, RAFTAINER_VAULT: 'embedded' })).toContain('keep one of them');
    expect(refusal({ VAULT_ADDR: 'http://127.0.0.1:8200' })).toContain('no way to log in');
    expect(refusal({ ...named, VAULT_ROLE_ID: 'r', VAULT_SECRET_ID: 'hidden' })).not.toContain('hidden');
  });

  it('refuses times that do not keep the guarantee, beside everything else that is wrong', () => {
    const message = refusal({ RAFTAINER_LOCK_DELAY: '5s', RAFTAINER_CHECK_TTL: '10ms' });
    expect(message).toContain('4.5s + 2.5s is more than 5s');
    expect(message).toContain('RAFTAINER_CHECK_TTL must be at least 1s (it is 0.01s)');
  });

  it('takes a profile of times, and single ones before it', () => {
    expect(readConfig({ RAFTAINER_PROFILE: 'fast' }).lease).toEqual(FAST_LEASE_TERMS);
    expect(readConfig({ RAFTAINER_PROFILE: 'default' }).lease).toEqual(DEFAULT_LEASE_TERMS);
    expect(readConfig({ RAFTAINER_PROFILE: 'fast', RAFTAINER_LOCK_DELAY: '5s' }).lease).toEqual({
      ...FAST_LEASE_TERMS,
      lockDelayMs: 5_000,
    });
    expect(readConfig({ RAFTAINER_FENCE: 'freeze' }).lease).toMatchObject({ freeze: true });
    expect(refusal({ RAFTAINER_PROFILE: 'faster', RAFTAINER_FENCE: 'melt' })).toContain('2 problem(s)');
    expect(refusal({ RAFTAINER_PROFILE: 'fast', RAFTAINER_FENCE: 'stop' })).toContain('at least 2s');
  });

  it('takes everything that can be told', () => {
    const config = readConfig({
      HOSTNAME: 'Host-1.Example',
      RAFTAINER_REGION: 'eu-1',
      RAFTAINER_LABELS: ' zone = a, disk=ssd,note=a=b,empty=, ',
      RAFTAINER_SECURE_IP: '10.0.0.1',
      RAFTAINER_INTERNAL_IP: '10.0.0.2',
      RAFTAINER_CONSUL_HOST: 'consul.internal',
      RAFTAINER_CONSUL_PORT: '8501',
      RAFTAINER_FAST_STARTUP: 'true',
      RAFTAINER_PORT_RANGE: '30000-30010',
      RAFTAINER_POD_SUBNETS: '10.99.0.0/20',
      RAFTAINER_CONCURRENCY: '2',
      RAFTAINER_STATE_DIR: '/srv/raftainer',
      LOG_LEVEL: 'debug',
      LOG_FORMAT: 'json',
    });
    expect(config).toMatchObject({
      host: 'host-1.example',
      region: 'eu-1',
      labels: { zone: 'a', disk: 'ssd', note: 'a=b', empty: '' },
      secureIp: '10.0.0.1',
      internalIp: '10.0.0.2',
      fastStartup: true,
      portRange: { from: 30_000, to: 30_010 },
      podSubnets: { range: '10.99.0.0/20', prefixLength: 28 },
      concurrency: 2,
      stateDir: '/srv/raftainer',
      consul: { kind: 'external', options: { host: 'consul.internal', port: 8501 } },
      log: { level: 'debug', format: 'json' },
    });
  });

  it('never binds to all addresses because one was left out', () => {
    const ips = (environment: Environment): object => {
      const { secureIp, internalIp } = readConfig(environment);
      return { secureIp, internalIp };
    };
    expect(ips({ RAFTAINER_SECURE_IP: '10.0.0.1' })).toEqual({
      secureIp: '10.0.0.1',
      internalIp: '10.0.0.1',
    });
    expect(ips({ RAFTAINER_INTERNAL_IP: '10.0.0.2' })).toEqual({
      secureIp: '10.0.0.2',
      internalIp: '10.0.0.2',
    });
  });

  it("finds a Consul by Consul's own variables, below its own", () => {
    const external = (environment: Environment): unknown => {
      const { consul } = readConfig(environment);
      return consul.kind === 'external' ? consul.options : consul.kind;
    };
    expect(external({ CONSUL_HTTP_ADDR: 'http://consul:8600', CONSUL_HTTP_TOKEN: 't' })).toMatchObject({
      host: 'consul',
      port: 8600,
    });
    expect(external({ CONSUL_HTTP_ADDR: 'consul:8600', RAFTAINER_CONSUL_HOST: 'other' })).toMatchObject({
      host: 'other',
      port: 8500,
    });
    expect(external({ RAFTAINER_CONSUL_PORT: '8600' })).toBe('embedded');
  });

  it('says everything that is wrong at once', () => {
    const wrong = {
      HOSTNAME: 'not a name',
      RAFTAINER_REGION: 'eu west',
      RAFTAINER_LABELS: 'zone',
      RAFTAINER_SECURE_IP: '10.0.0',
      RAFTAINER_INTERNAL_IP: 'localhost',
      RAFTAINER_CONSUL_PORT: '70000',
      RAFTAINER_FAST_STARTUP: 'maybe',
      RAFTAINER_PORT_RANGE: '30000-20000',
      RAFTAINER_POD_SUBNETS: '10.0.0.0/30',
      RAFTAINER_CONCURRENCY: 'many',
      RAFTAINER_STATE_DIR: 'state',
      LOG_LEVEL: 'loud',
      LOG_FORMAT: 'xml',
    };
    const message = refusal(wrong);
    for (const [name, value] of Object.entries(wrong)) {
      expect(message).toMatch(new RegExp(`^  - ${name} .*${JSON.stringify(value)}`, 'm'));
    }
    expect(message).toContain(`${String(Object.keys(wrong).length)} problem(s)`);
  });

  it("says what is wrong in Consul's variables beside its own, and no secrets", () => {
    const message = refusal({
      HOSTNAME: '-',
      CONSUL_HTTP_ADDR: 'http://consul:notaport',
      CONSUL_HTTP_TOKEN: 'very-secret',
    });
    expect(message).toContain('HOSTNAME');
    expect(message).toContain('CONSUL_HTTP_ADDR');
    expect(message).not.toContain('very-secret');
  });

  it.each([
    ['RAFTAINER_PORT_RANGE', '0-100'],
    ['RAFTAINER_PORT_RANGE', '1000-70000'],
    ['RAFTAINER_PORT_RANGE', '1000'],
    ['RAFTAINER_POD_SUBNETS', '10.0.0.0'],
    ['RAFTAINER_POD_SUBNETS', '10.0.0.300/16'],
    ['RAFTAINER_POD_SUBNETS', '10.0.0.0/4'],
    ['RAFTAINER_LABELS', '=a'],
    ['RAFTAINER_CONSUL_PORT', '0'],
    ['RAFTAINER_CONSUL_PORT', '85.5'],
    ['RAFTAINER_CONCURRENCY', '0'],
    ['HOSTNAME', 'a'.repeat(254)],
    ['HOSTNAME', 'a/b'],
    ['HOSTNAME', '.hidden'],
  ])('refuses %s=%s', (name, value) => {
    expect(refusal({ [name]: value })).toContain(name);
  });
});
