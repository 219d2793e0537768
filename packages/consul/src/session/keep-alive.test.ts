import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ConsulError } from '../consul-error.js';
import { keepAlive } from './keep-alive.js';
import type { KeepAlive, KeepAliveSpec } from './keep-alive.js';
import type { SessionInfo } from './sessions.js';

const INFO: SessionInfo = {
  id: 's',
  name: '',
  node: 'n',
  lockDelayMs: 0,
  behavior: 'release',
  checks: [],
  createIndex: 1,
};

const down = new ConsulError('CONSUL_UNAVAILABLE', 'down', { retryable: true });

/** Whether a session lives is told by two requests; here the first decides, and the read says the same. */
function start(renew: KeepAliveSpec['renew'], ttlMs = 600): KeepAlive {
  const alive = keepAlive({
    id: 's',
    ttlMs,
    provenAt: performance.now(),
    closed: new AbortController().signal,
    renew,
    read: () => Promise.resolve(INFO),
  });
  onTestFinished(() => {
    alive.stop();
  });
  return alive;
}

async function lossOf(alive: KeepAlive): Promise<unknown> {
  if (!alive.lost.aborted)
    await new Promise((done) => {
      alive.lost.addEventListener('abort', done, { once: true });
    });
  return alive.lost.reason;
}

describe('a session that is kept alive', { timeout: 20_000 }, () => {
  it('is renewed about every third of its TTL', async () => {
    let renewals = 0;
    const alive = start(() => Promise.resolve({ ...INFO, createIndex: (renewals += 1) }));
    await sleep(1_300);
    expect(renewals).toBeGreaterThanOrEqual(3);
    expect(renewals).toBeLessThanOrEqual(7);
    expect(alive.lost.aborted).toBe(false);
  });

  it('dates a renewal by when it was sent', async () => {
    const sent: number[] = [];
    const alive = start(async () => {
      sent.push(performance.now());
      await sleep(50);
      return INFO;
    });
    await sleep(400);
    expect(alive.lastRenewedAt).toBeLessThanOrEqual(sent.at(-1)! + 1);
    expect(sent.some((time) => Math.abs(alive.lastRenewedAt - time) < 5)).toBe(true);
  });

  it('is lost one TTL after its last good renewal, when no more succeed', async () => {
    let tries = 0;
    const alive = start(() => {
      tries += 1;
      return Promise.reject(down);
    });
    const proven = alive.lastRenewedAt;
    expect(await lossOf(alive)).toMatchObject({ code: 'CONSUL_SESSION_LOST', retryable: false });
    expect(performance.now() - proven).toBeGreaterThanOrEqual(595);
    expect(performance.now() - proven).toBeLessThan(3_000);
    expect(tries).toBeGreaterThan(1);
    expect(alive.lastRenewedAt).toBe(proven);
  });

  it('is lost after its TTL also while a renewal hangs', async () => {
    const alive = start(() => new Promise(() => undefined));
    expect(await lossOf(alive)).toMatchObject({ code: 'CONSUL_SESSION_LOST' });
  });

  it('survives failures that end within its TTL', async () => {
    let tries = 0;
    const alive = start(() => ((tries += 1) <= 3 ? Promise.reject(down) : Promise.resolve(INFO)));
    await sleep(900);
    expect(tries).toBeGreaterThan(4);
    expect(alive.lost.aborted).toBe(false);
  });

  it('is lost at once when Consul no longer knows it', async () => {
    const alive = start(() => Promise.resolve(undefined), 60_000);
    alive.renewNow();
    expect(await lossOf(alive)).toMatchObject({ code: 'CONSUL_SESSION_LOST' });
    expect(alive.ended.aborted).toBe(true);
  });

  it('is not proven by a renewal: a consistent read decides, and is asked for more often', async () => {
    const told = { renewals: 0, reads: 0, proofs: 0 };
    const reads: (() => Promise<SessionInfo | undefined>)[] = [
      ...Array.from({ length: 5 }, () => () => Promise.resolve(INFO)),
      () => Promise.reject(down),
      () => Promise.resolve(undefined),
    ];
    const alive = keepAlive({
      ...{ id: 's', ttlMs: 900, renewEveryMs: 50, provenAt: performance.now() },
      closed: new AbortController().signal,
      onRenewed: () => (told.proofs += 1),
      renew: () => Promise.resolve({ ...INFO, createIndex: (told.renewals += 1) }),
      read: () => reads[told.reads++]?.() ?? Promise.reject(down),
    });
    expect(await lossOf(alive)).toMatchObject({ code: 'CONSUL_SESSION_LOST' });
    expect(told).toMatchObject({ reads: 7, proofs: 5 });
    // The first turn, and then each third of the TTL.
    expect(told.renewals).toBeGreaterThanOrEqual(2);
    expect(told.renewals).toBeLessThanOrEqual(3);
  });

  it('is neither renewed nor lost after stop', async () => {
    let tries = 0;
    const alive = start(() => {
      tries += 1;
      return Promise.reject(down);
    }, 200);
    alive.stop();
    await sleep(400);
    expect([tries, alive.lost.aborted]).toEqual([0, false]);
  });

  it('is lost when its client is closed', async () => {
    const closing = new AbortController();
    const alive = keepAlive({
      id: 's',
      ttlMs: 60_000,
      provenAt: performance.now(),
      closed: closing.signal,
      renew: () => Promise.resolve(INFO),
      read: () => Promise.resolve(INFO),
    });
    closing.abort();
    expect(await lossOf(alive)).toMatchObject({ code: 'CONSUL_SESSION_LOST' });
  });
});
