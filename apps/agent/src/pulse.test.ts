import { describe, expect, it } from 'vitest';

import { Pulse } from './pulse.js';

const never = new AbortController().signal;

describe('Pulse', () => {
  it('wakes everyone who waits, once', async () => {
    const pulse = new Pulse();
    const waiting = Promise.all([pulse.next(never), pulse.next(never)]);
    pulse.beat();
    await waiting;
    let woken = false;
    void pulse.next(never).then(() => {
      woken = true;
    });
    await Promise.resolve();
    expect(woken).toBe(false);
  });

  it('keeps no beat for those who come later', async () => {
    const pulse = new Pulse();
    pulse.beat();
    const later = pulse.next(never).then(() => 'woken');
    expect(await Promise.race([later, Promise.resolve('waiting')])).toBe('waiting');
  });

  it('lets go when the signal aborts, before or while waiting', async () => {
    const pulse = new Pulse();
    const controller = new AbortController();
    const waiting = pulse.next(controller.signal);
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(pulse.next(controller.signal)).rejects.toThrow('enough');
    pulse.beat();
  });

  it('lets go with the reason of whichever of several signals aborts first', async () => {
    const pulse = new Pulse();
    const impatient = new AbortController();
    const waiting = pulse.next(never, impatient.signal);
    impatient.abort(new Error('too long'));
    await expect(waiting).rejects.toThrow('too long');
  });
});
