import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { onAbort } from './on-abort.js';

describe('onAbort', () => {
  it('has one listener on a signal, however many share it, and none when nobody does', () => {
    const { signal } = new AbortController();
    const unsubscribes = Array.from({ length: 50 }, () => onAbort(signal, () => undefined));
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    for (const unsubscribe of unsubscribes) unsubscribe();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('calls those who still wait, also when one leaves while being called', () => {
    const controller = new AbortController();
    const called: string[] = [];
    const gone = onAbort(controller.signal, () => called.push('gone'));
    const first = onAbort(controller.signal, () => {
      called.push('first');
      first();
    });
    onAbort(controller.signal, () => called.push('second'));
    gone();
    gone();
    controller.abort();
    expect(called).toEqual(['first', 'second']);
  });
});
