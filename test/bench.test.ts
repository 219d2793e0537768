import { describe, expect, it } from 'vitest';

import { atATime } from '../bench/harness/at-a-time.js';
import { consulKind, dockerKind, isConsulWrite, vaultKind } from '../bench/harness/request-kinds.js';
import { readOptions } from '../bench/options.js';
import { renderSection } from '../bench/report/section.js';
import { spreadOf } from '../bench/report/stats.js';
import { restartTable, restTable } from '../bench/secrets/secrets-tables.js';

import type { Table } from '../bench/report/section.js';
import type { SecretsActivity } from '../bench/secrets/slots-with-secrets.js';

const request = (method: string, path: string): { atMs: number; method: string; path: string } => ({
  atMs: 0,
  method,
  path,
});

describe('the options of the benchmark', () => {
  it('are the long run unless said otherwise', () => {
    const options = readOptions([]);
    expect(options?.pods).toEqual([1, 20, 50]);
    expect([options?.roundsOf(1), options?.roundsOf(50)]).toEqual([5, 3]);
    expect(options?.only).toEqual(['deploy', 'react', 'idle', 'secrets']);
  });

  it('keep the order of the parts, and give rounds to all sizes', () => {
    const options = readOptions(['--only', 'idle,deploy', '--rounds', '2', '--pods', '3']);
    expect(options?.only).toEqual(['deploy', 'idle']);
    expect([options?.pods, options?.roundsOf(1), options?.roundsOf(3)]).toEqual([[3], 2, 2]);
  });

  it('give the slots with secrets a size and a time', () => {
    expect(readOptions([])?.secrets).toMatchObject({ slots: 100, pollMs: 60_000, windowMs: 150_000 });
    const options = readOptions([
      '--quick',
      '--secret-slots',
      '7',
      '--secret-seconds',
      '30',
      '--rounds',
      '3',
    ]);
    expect(options?.secrets).toMatchObject({ slots: 7, windowMs: 30_000, changes: 3 });
  });

  it.each([
    [['--rounds', '0'], /--rounds: "0" is no whole number/],
    [['--pods', '5,x'], /--pods: "x" is no whole number/],
    [['--secret-slots', 'many'], /--secret-slots: "many" is no whole number/],
    [['--only', 'deploy,sleep'], /there is no part "sleep"/],
  ])('refuse %j', (args, message) => {
    expect(() => readOptions(args)).toThrow(message);
  });
});

describe('measurements', () => {
  it('have a smallest, a middle and a largest', () => {
    expect(spreadOf([30, 10, 20])).toEqual({ min: 10, median: 20, max: 30, count: 3 });
    expect(spreadOf([4, 1, 2, 3]).median).toBe(2.5);
    expect(() => spreadOf([])).toThrow();
  });

  it('are printed in columns, numbers to the right', () => {
    const table = { caption: 'Times', columns: ['', 'ms'], rows: [['a', '7'], ['long one', '1234']] }; // prettier-ignore
    const text = renderSection(
      { name: 'react', title: 'Title', tables: [table], notes: ['Note'] },
      'machine',
    );
    expect(text).toBe(
      'Title\nmachine\n\nTimes\n            ms\n--------  ----\na            7\nlong one  1234\n\nNote',
    );
  });
});

describe('requests', () => {
  it.each([
    ['GET', '/v1.41/containers/json?all=1', 'GET containers/json'],
    ['POST', '/containers/abc/start', 'POST containers/start'],
    ['DELETE', '/containers/abc?force=1', 'DELETE containers/…'],
    ['GET', '/images/raftainer/test:latest/json', 'GET images/…/json'],
    ['POST', '/networks/create', 'POST networks/create'],
    ['GET', '/networks', 'GET networks'],
  ])('of Docker are told apart: %s %s', (method, path, kind) => {
    expect(dockerKind(request(method, path))).toBe(kind);
  });

  it.each([
    ['GET', '/v1/kv/raftainer/pods/?recurse&index=7&wait=300s', 'GET kv (blocking)', false],
    ['PUT', '/v1/kv/raftainer/x?acquire=1-2', 'PUT kv acquire', true],
    ['PUT', '/v1/kv/raftainer/x', 'PUT kv', true],
    ['PUT', '/v1/session/renew/1-2', 'PUT session/renew', false],
    ['PUT', '/v1/agent/check/pass/web%2Fhealth', 'PUT agent/check/pass', false],
    ['PUT', '/v1/agent/service/register', 'PUT agent/service/register', true],
    ['GET', '/v1/agent/services', 'GET agent/services', false],
    ['PUT', '/v1/txn', 'PUT txn', true],
  ])('of Consul are told apart: %s %s', (...row) => {
    const [method, path, kind, write] = row;
    expect(consulKind(request(method, path))).toBe(kind);
    expect(isConsulWrite(request(method, path))).toBe(write);
  });

  it.each([
    ['POST', '/v1/auth/approle/login', 'logins'],
    ['POST', '/v1/auth/token/renew-self', 'token renewals'],
    ['POST', '/v1/auth/token/renew-accessor', 'token renewals'],
    ['GET', '/v1/database/creds/web', 'leases issued'],
    ['POST', '/v1/pki/issue/web', 'leases issued'],
    ['PUT', '/v1/sys/leases/renew', 'lease renewals'],
    ['PUT', '/v1/sys/leases/revoke', 'leases revoked'],
    ['GET', '/v1/secret/metadata/team/web', 'KV versions asked for'],
    ['GET', '/v1/secret/data/team/web?version=1', 'KV values read'],
    ['POST', '/v1/secret/data/team/web', 'other requests'],
    ['GET', '/v1/sys/internal/ui/mounts/secret/web', 'other requests'],
  ])('of Vault are told apart: %s %s', (method, path, kind) => {
    expect(vaultKind(request(method, path))).toBe(kind);
  });
});

describe('the requests of slots with secrets', () => {
  const activity = (counts: Readonly<Record<string, number>>, started = 0): SecretsActivity => ({
    requests: new Map(Object.entries(counts)),
    started,
  });
  const rowsOf = ({ rows }: Table): Readonly<Record<string, readonly string[]>> =>
    Object.fromEntries(rows.map(([label = '', ...cells]) => [label, cells]));

  it('are told per hour, and for longer lives only renewals become fewer', () => {
    const rest = activity({ 'lease renewals': 60, 'token renewals': 3, 'KV versions asked for': 30 });
    const options = { changes: 1, pollMs: 1, slots: 2, windowMs: 60_000, leaseSec: 36 };
    expect(rowsOf(restTable(rest, options))).toMatchObject({
      logins: ['0', '0', '0'],
      'lease renewals': ['60', '3600', '36'],
      'token renewals': ['3', '180', '4'],
      'KV versions asked for': ['30', '1800', '1800'],
      all: ['93', '5580', '1840'],
    });
  });

  it('are judged by the worst restart: one new lease is one too many', () => {
    const table = restartTable(activity({ 'leases issued': 9, 'other requests': 1 }, 9), [
      ['stopped', activity({ 'lease renewals': 9 })],
      ['killed', activity({ 'leases issued': 1 })],
    ]);
    expect(rowsOf(table)).toMatchObject({
      'leases issued': ['9', '0', '1', '≤ 0', 'not met'],
      'other requests': ['1', '0', '0', '', ''],
      all: ['10', '9', '1', '', ''],
      'containers started': ['9', '0', '0', '≤ 0', 'met'],
    });
  });
});

describe('work done so many at a time', () => {
  it('ends with the failure only when all that was begun has ended, and begins nothing more', async () => {
    const ended: number[] = [];
    const begun: number[] = [];
    const work = atATime(2, [1, 2, 3], async (item) => {
      begun.push(item);
      if (item === 1) throw new Error('one');
      await new Promise((resolve) => setTimeout(resolve, 5));
      ended.push(item);
    });
    await expect(work).rejects.toThrow('one');
    expect([begun, ended]).toEqual([[1, 2], [2]]);
  });
});
