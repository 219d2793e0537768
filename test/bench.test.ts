import { describe, expect, it } from 'vitest';

import { atATime } from '../bench/harness/at-a-time.js';
import { consulKind, dockerKind, isConsulWrite } from '../bench/harness/request-kinds.js';
import { readOptions } from '../bench/options.js';
import { renderSection } from '../bench/report/section.js';
import { spreadOf } from '../bench/report/stats.js';

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
    expect(options?.only).toEqual(['deploy', 'react', 'idle']);
  });

  it('keep the order of the parts, and give rounds to all sizes', () => {
    const options = readOptions(['--only', 'idle,deploy', '--rounds', '2', '--pods', '3']);
    expect(options?.only).toEqual(['deploy', 'idle']);
    expect([options?.pods, options?.roundsOf(1), options?.roundsOf(3)]).toEqual([[3], 2, 2]);
  });

  it.each([
    [['--rounds', '0'], /--rounds: "0" is no whole number/],
    [['--pods', '5,x'], /--pods: "x" is no whole number/],
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
