import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { Wake } from './wake.js';

const never = new AbortController().signal;

describe('Wake', () => {
  it('runs the first cycle at once and the next only when woken', async () => {
    const wake = new Wake({ minGapMs: 0 });
    expect(await wake.next(never)).toBe(true);
    const second = wake.next(never).then(() => 'woken');
    expect(await Promise.race([second, sleep(50, 'asleep')])).toBe('asleep');
    wake.request();
    expect(await second).toBe('woken');
  });

  it('makes one cycle of many wakes, and does not lose a wake during a cycle', async () => {
    const wake = new Wake({ minGapMs: 0 });
    await wake.next(never);
    for (let i = 0; i < 10; i += 1) wake.request();
    expect(await wake.next(never)).toBe(true);
    expect(await Promise.race([wake.next(never).then(() => 'woken'), sleep(50, 'asleep')])).toBe('asleep');
  });

  it('rests between cycles', async () => {
    const wake = new Wake({ minGapMs: 200 });
    await wake.next(never);
    wake.rest(0);
    wake.request();
    const startedAt = performance.now();
    await wake.next(never);
    expect(performance.now() - startedAt).toBeGreaterThan(150);
  });

  it('keeps the earlier of two requests', async () => {
    const wake = new Wake({ minGapMs: 0 });
    await wake.next(never);
    wake.request(60_000);
    const cycle = wake.next(never);
    wake.request(10);
    wake.request(60_000);
    expect(await cycle).toBe(true);
  });

  it('resyncs although nothing wakes it', async () => {
    const wake = new Wake({ minGapMs: 0, resyncMs: 20 });
    await wake.next(never);
    expect(await wake.next(never)).toBe(true);
  });

  it('ends with the signal', async () => {
    const wake = new Wake();
    const controller = new AbortController();
    await wake.next(controller.signal);
    const cycle = wake.next(controller.signal);
    controller.abort();
    expect(await cycle).toBe(false);
  });
});
