import { createServer } from 'node:http';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { eventually } from '@raftainer/testing';

import { Prober } from './prober.js';

import type { ProbeTarget } from './prober.js';
import type { ProbeCheck } from '@raftainer/planner';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that is as healthy as the test wants. */
let server: Server;
let port: number;
let status = 200;
let requests = 0;
let prober: Prober;
let changes: string[];

beforeEach(async () => {
  [status, requests, changes] = [200, 0, []];
  server = createServer((_, response) => {
    requests += 1;
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
  prober = new Prober((id) => changes.push(`${id} ${String(prober.healthOf(id))}`));
});

afterEach(async () => {
  prober.close();
  await new Promise((resolve) => server.close(resolve));
});

function target(changed: Partial<ProbeCheck> = {}, id = 'a'): ProbeTarget {
  const timing = { intervalMs: 30, timeoutMs: 2_000, threshold: 2, startPeriodMs: 0 };
  const check = { type: 'http', port, path: '/', ...timing, ...changed } as ProbeCheck;
  return { id, address: '127.0.0.1', check };
}

async function until(health: string, id = 'a'): Promise<void> {
  await eventually(() => {
    expect(prober.healthOf(id)).toBe(health);
  });
}

describe('Prober', () => {
  it('says nothing about what it does not probe', () => {
    expect(prober.healthOf('a')).toBeUndefined();
  });

  it('probes nothing once it is closed, whatever a last cycle found', () => {
    prober.close();
    prober.track([target()]);
    expect(prober.healthOf('a')).toBeUndefined();
  });

  it('begins with starting, tells of every change once, and of nothing else', async () => {
    prober.track([target()]);
    expect(prober.healthOf('a')).toBe('starting');
    await until('healthy');
    const seen = requests;
    await eventually(() => requests > seen + 2);
    status = 500;
    await until('unhealthy');
    status = 200;
    await until('healthy');
    expect(changes).toEqual(['a healthy', 'a unhealthy', 'a healthy']);
  });

  it('forgives fewer failures in a row than the threshold', async () => {
    prober.track([target({ threshold: 100 })]);
    await until('healthy');
    status = 500;
    const seen = requests;
    await eventually(() => requests > seen + 3);
    expect(prober.healthOf('a')).toBe('healthy');
  });

  it('takes no failure within the start period for more than a slow start', async () => {
    status = 500;
    prober.track([target({ startPeriodMs: 600_000 })]);
    await eventually(() => requests > 3);
    expect(prober.healthOf('a')).toBe('starting');
    status = 200;
    await until('healthy');
  });

  it('gives up on a container that never was healthy, once the start period and the threshold are over', async () => {
    status = 500;
    prober.track([target({ startPeriodMs: 50 })]);
    await until('unhealthy');
    expect(changes).toEqual(['a unhealthy']);
  });

  it('asks more often than the interval while a container starts', async () => {
    status = 500;
    prober.track([target({ intervalMs: 600_000, startPeriodMs: 600_000 })]);
    await eventually(() => requests >= 2);
    status = 200;
    await until('healthy');
  });

  it('keeps what it knows while the same is asked for, and begins anew when the check changes', async () => {
    prober.track([target()]);
    await until('healthy');
    prober.track([target()]);
    expect(prober.healthOf('a')).toBe('healthy');
    prober.track([target({ threshold: 7 })]);
    expect(prober.healthOf('a')).toBe('starting');
    await until('healthy');
  });

  it('stops with those that are no longer asked for, and goes on with those to keep', async () => {
    prober.track([target(), target({}, 'b')]);
    await Promise.all([until('healthy'), until('healthy', 'b')]);
    prober.track([], ['b', 'never seen']);
    expect(prober.healthOf('a')).toBeUndefined();
    expect(prober.healthOf('b')).toBe('healthy');
    expect(prober.healthOf('never seen')).toBeUndefined();
    status = 500;
    await until('unhealthy', 'b');
    expect(changes).not.toContain('a unhealthy');
  });
});
