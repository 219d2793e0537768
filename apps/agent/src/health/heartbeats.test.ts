import { createServer } from 'node:http';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createConsul } from '@raftainer/consul';
import { createLogger } from '@raftainer/logger';
import { eventually } from '@raftainer/testing';

import { Heartbeats } from './heartbeats.js';

import type { ConsulClient } from '@raftainer/consul';
import type { SlotHealth } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A Consul that only knows check updates: it answers as the test wants, and remembers what it was told. */
let told: string[];
let answer: (response: ServerResponse, line: string) => void;
let unknown: number;
let server: Server;
let consul: ConsulClient;
let heartbeats: Heartbeats;

beforeEach(async () => {
  [told, unknown] = [[], 0];
  answer = (response) => response.end();
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://consul');
    const [, verb, checkId] = /\/check\/(\w+)\/(.+)$/.exec(pathname) ?? [];
    const line =
      `${verb ?? '?'} ${decodeURIComponent(checkId ?? '')} ${searchParams.get('note') ?? ''}`.trim();
    told.push(line);
    answer(response, line);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  consul = createConsul({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  start(60_000);
});

afterEach(async () => {
  heartbeats.close();
  consul.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function start(ttlMs: number): void {
  heartbeats = new Heartbeats({
    consul,
    ttlMs,
    logger: createLogger({ name: 'test', level: 'silent' }),
    onUnknownCheck: () => {
      unknown += 1;
    },
  });
}

function health(status: SlotHealth['status'], note = ''): ReadonlyMap<SlotId, SlotHealth> {
  return new Map([['web/0', { checkIds: ['a', 'b'], status, note }]]);
}

async function untilTold(lines: readonly string[]): Promise<void> {
  await eventually(() => {
    expect([...told].sort()).toEqual([...lines].sort());
  });
}

/** Everything that was to be sent is sent. */
async function settled(): Promise<void> {
  let count = -1;
  await eventually(
    () => {
      const before = count;
      count = told.length;
      return before === count;
    },
    { intervalMs: 100 },
  );
}

describe('Heartbeats', () => {
  it('tell of a change at once, and of the same state only once', async () => {
    heartbeats.update(health('critical', 'app is starting'));
    await untilTold(['fail a app is starting', 'fail b app is starting']);
    heartbeats.update(health('critical', 'app is starting'));
    heartbeats.update(health('passing', 'all checks pass'));
    heartbeats.update(health('passing', 'all checks pass'));
    await settled();
    expect(told.slice(2).sort()).toEqual(['pass a all checks pass', 'pass b all checks pass']);
  });

  it('pass what is healthy again and again, and nothing else', async () => {
    start(90);
    heartbeats.update(
      new Map([...health('passing'), ['web/1', { checkIds: ['c'], status: 'critical', note: '' }]]),
    );
    await eventually(() => told.filter((line) => line === 'pass a').length > 3);
    expect(told.filter((line) => line.endsWith('c'))).toEqual(['fail c']);
  });

  it('are silent while nothing is known, and tell everything again after that', async () => {
    start(90);
    heartbeats.update(health('passing'));
    await eventually(() => told.length > 2);
    heartbeats.suspend();
    await settled();
    const before = told.length;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(told).toHaveLength(before);
    expect(heartbeats.statusOf('a')).toBe('critical');
    heartbeats.update(health('passing'));
    await eventually(() => told.length > before);
    expect(heartbeats.statusOf('a')).toBe('passing');
  });

  it('never let an older state overtake a newer one', async () => {
    const waiting: (() => void)[] = [];
    answer = (response) => waiting.push(() => response.end());
    heartbeats.update(new Map([['web/0', { checkIds: ['a'], status: 'passing', note: '' }]]));
    await untilTold(['pass a']);
    for (const status of ['critical', 'passing', 'critical'] as const) {
      heartbeats.update(new Map([['web/0', { checkIds: ['a'], status, note: '' }]]));
    }
    answer = (response) => response.end();
    waiting.forEach((done) => {
      done();
    });
    await untilTold(['pass a', 'fail a']);
    expect(told).toEqual(['pass a', 'fail a']);
  });

  it('tell again what Consul could not take', async () => {
    answer = (response) => response.writeHead(500).end('no leader');
    heartbeats.update(health('critical', 'app is unhealthy'));
    await settled();
    answer = (response) => response.end();
    told = [];
    heartbeats.update(health('critical', 'app is unhealthy'));
    await untilTold(['fail a app is unhealthy', 'fail b app is unhealthy']);
  });

  it('say when Consul does not know a check, and do not hammer it', async () => {
    answer = (response) => response.writeHead(404).end('Unknown check ID "a"');
    heartbeats.update(health('passing'));
    await eventually(() => unknown === 2);
    heartbeats.update(health('passing'));
    await settled();
    expect(unknown).toBe(2);
  });

  it('tell again what a rewritten registration may have undone', async () => {
    heartbeats.update(health('critical'));
    await untilTold(['fail a', 'fail b']);
    heartbeats.repeat('a');
    heartbeats.repeat('not registered yet');
    await untilTold(['fail a', 'fail a', 'fail b']);
  });

  it('forget what is deregistered', async () => {
    start(90);
    heartbeats.update(health('passing'));
    await eventually(() => told.length >= 2);
    heartbeats.forget('a');
    expect(heartbeats.statusOf('a')).toBe('critical');
    expect(heartbeats.statusOf('b')).toBe('passing');
    await settledFor('a');
    heartbeats.update(new Map());
    expect(heartbeats.statusOf('b')).toBe('critical');
  });

  it('tell nothing once they are closed, whatever a last cycle found', async () => {
    heartbeats.close();
    heartbeats.update(health('passing'));
    await settled();
    expect(told).toEqual([]);
    expect(heartbeats.statusOf('a')).toBe('critical');
  });

  /** No more beats of this check although there are more of the other. */
  async function settledFor(checkId: string): Promise<void> {
    told = [];
    await eventually(() => told.filter((line) => line === 'pass b').length > 2);
    expect(told.filter((line) => line === `pass ${checkId}`).length).toBeLessThanOrEqual(1);
  }
});
