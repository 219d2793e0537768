import { describe, expect, it } from 'vitest';
import { mergeWakeUps } from './merge-wake-ups.js';

async function* after(promise: Promise<unknown>): AsyncGenerator<void> {
  await promise;
  yield;
}

const never = new Promise<never>(() => undefined);

describe('mergeWakeUps', () => {
  it('wakes at once, and then when a source does', async () => {
    const end = new AbortController();
    let change = (): void => undefined;
    const changed = new Promise<void>((resolve) => (change = resolve));
    const wakes = mergeWakeUps([after(changed)], { signal: end.signal, idleMs: 60_000 });
    expect(await wakes.next()).toMatchObject({ done: false });
    const next = wakes.next();
    change();
    expect(await next).toMatchObject({ done: false });
    end.abort();
    expect(await wakes.next()).toMatchObject({ done: true });
  });

  it('wakes without a change after a while', async () => {
    const end = new AbortController();
    const wakes = mergeWakeUps([after(never)], { signal: end.signal, idleMs: 1 });
    await wakes.next();
    expect(await wakes.next()).toMatchObject({ done: false });
    await wakes.return();
  });

  it('passes on what a source throws', async () => {
    const end = new AbortController();
    const failed = Promise.reject(new Error('lost'));
    const wakes = mergeWakeUps([after(failed)], { signal: end.signal, idleMs: 60_000 });
    await wakes.next();
    await expect(wakes.next()).rejects.toThrow('lost');
  });
});
