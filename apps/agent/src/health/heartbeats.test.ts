import { createServer } from 'node:http';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createConsul } from '@raftainer/consul';
import { createLogger } from '@raftainer/logger';
import { eventually } from '@raftainer/testing';

import { Heartbeats } from './heartbeats.js';
import { heartbeatCheckOf, HostHeartbeat } from './host-heartbeat.js';

import type { ConsulClient } from '@raftainer/consul';
import type { SlotHealth } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A Consul that only knows check updates: it answers as the test wants, and remembers what it was told. */
let told: string[];
let answer: (response: ServerResponse, line: string) => void;
let hostAnswer: (response: ServerResponse) => void;
let unknown: number;
let server: Server;
let consul: ConsulClient;
let heartbeats: Heartbeats;
/** Beats of the host, which are in no other list. */
let hostBeats: number;

beforeEach(async () => {
  [told, unknown, hostBeats] = [[], 0, 0];
  answer = hostAnswer = (response) => response.end();
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://consul');
    const [, verb, checkId] = /\/check\/(\w+)\/(.+)$/.exec(pathname) ?? [];
    const line =
      `${verb ?? '?'} ${decodeURIComponent(checkId ?? '')} ${searchParams.get('note') ?? ''}`.trim();
    if (line.startsWith(`pass ${heartbeatCheckOf('host-1')}`)) {
      hostBeats += 1;
      hostAnswer(response);
      return;
    }
    told.push(line);
    answer(response, line);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  consul = createConsul({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  start();
});

afterEach(async () => {
  heartbeats.close();
  consul.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const registrations = { isStale: () => false, renewed: () => undefined };

function start(times: { readonly beatEveryMs?: number; readonly repeatEveryMs?: number } = {}): void {
  heartbeats = new Heartbeats({
    ...{ consul, ...times },
    host: new HostHeartbeat({ consul, host: 'host-1', address: '10.0.0.1', registrations }),
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

  it('beat once for all slots, and repeat only what would lapse', async () => {
    start({ beatEveryMs: 30, repeatEveryMs: 100 });
    heartbeats.update(
      new Map([...health('passing'), ['web/1', { checkIds: ['c'], status: 'critical', note: '' }]]),
    );
    await eventually(() => hostBeats > 10);
    expect(told.filter((line) => line === 'fail c')).toHaveLength(1);
    const passes = told.filter((line) => line === 'pass a').length;
    expect(passes).toBeGreaterThan(1);
    expect(passes).toBeLessThan(hostBeats / 2);
  });

  it('do not beat for a host without slots, but before the first is registered', async () => {
    start({ beatEveryMs: 30 });
    heartbeats.update(new Map());
    await settled();
    expect(hostBeats).toBe(0);
    const signal = new AbortController().signal;
    expect(await heartbeats.followed(signal)).toBe('raftainer-heartbeat-host-1');
    expect(hostBeats).toBe(1);
  });

  it('pass the check of the host right after registering it, so that Consul keeps its state', async () => {
    hostAnswer = (response) => {
      hostAnswer = (next) => next.end();
      response.writeHead(404).end('Unknown check ID');
    };
    await heartbeats.followed(new AbortController().signal);
    expect(told).toEqual(['?']);
    expect(hostBeats).toBe(2);
  });

  it('tell everything again to a Consul that was away', async () => {
    start({ beatEveryMs: 30 });
    heartbeats.update(health('passing'));
    await eventually(() => hostBeats > 1 && told.length === 2);
    hostAnswer = (response) => response.writeHead(500).end('no leader');
    const before = hostBeats;
    await eventually(() => hostBeats > before + 1);
    expect(told).toHaveLength(2);
    hostAnswer = (response) => response.end();
    await untilTold(['pass a', 'pass a', 'pass b', 'pass b']);
  });

  it('are silent while nothing is known, and tell everything again after that', async () => {
    start({ beatEveryMs: 30 });
    heartbeats.update(health('passing'));
    await eventually(() => hostBeats > 1 && told.length === 2);
    heartbeats.suspend();
    await settled();
    const before = hostBeats;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([hostBeats, told.length]).toEqual([before, 2]);
    expect(heartbeats.statusOf('a')).toBe('critical');
    heartbeats.update(health('passing'));
    await eventually(() => hostBeats > before && told.length === 4);
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
    heartbeats.update(health('passing'));
    await untilTold(['pass a', 'pass b']);
    heartbeats.forget('a');
    expect(heartbeats.statusOf('a')).toBe('critical');
    expect(heartbeats.statusOf('b')).toBe('passing');
    heartbeats.repeat('a');
    heartbeats.repeat('b');
    await untilTold(['pass a', 'pass b', 'pass b']);
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
});
