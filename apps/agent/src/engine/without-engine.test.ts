import { describe, expect, it } from 'vitest';

import { withoutEngine } from './without-engine.js';

import type { EngineOutageView, HeldSlot } from './without-engine.js';

const DEAD: HeldSlot = { life: 'dead', starting: false, hasSuccessor: true, busy: false };

function decide(slot: HeldSlot, view: Partial<EngineOutageView> = {}): string {
  const long = { downMs: 30_000, patienceMs: 30_000, refused: true, draining: false };
  const { giveUp, cancel, stays } = withoutEngine({ ...long, ...view, held: new Map([['web/0', slot]]) });
  if (giveUp.length > 0) return 'goes';
  if (cancel.length > 0) return 'cancelled';
  return stays.get('web/0') ?? 'waits';
}

describe('withoutEngine', () => {
  it.each<{ it: string; slot: HeldSlot; view: Partial<EngineOutageView>; does: string }>([
    { it: 'an engine that is being restarted', slot: DEAD, view: { downMs: 29_999 }, does: 'waits' },
    { it: 'nothing of it lives', slot: DEAD, view: {}, does: 'goes' },
    { it: 'nothing of it lives, and the engine hangs', slot: DEAD, view: { refused: false }, does: 'goes' },
    {
      it: 'a drain leaves what nobody can take for the engine to start again',
      slot: { ...DEAD, hasSuccessor: false },
      view: { downMs: 0, draining: true },
      does: 'waits',
    },
    { it: 'what nobody can take goes, too', slot: { ...DEAD, hasSuccessor: false }, view: {}, does: 'goes' },
    { it: 'a drain does not wait', slot: DEAD, view: { downMs: 0, draining: true }, does: 'goes' },
    {
      it: 'a drain takes nothing from its users',
      slot: { ...DEAD, life: 'alive' },
      view: { draining: true },
      does: 'it runs on',
    },
    {
      it: 'it runs on, however long',
      slot: { ...DEAD, life: 'alive' },
      view: { downMs: 1e9 },
      does: 'it runs on',
    },
    {
      it: 'nobody can tell',
      slot: { ...DEAD, life: 'unknown' },
      view: {},
      does: 'nobody can tell whether anything of it runs',
    },
    {
      it: 'a start that an engine may finish when it goes on',
      slot: { ...DEAD, starting: true },
      view: { refused: false },
      does: 'the engine may still finish a start that it was asked for',
    },
    { it: 'a start that ended with its engine', slot: { ...DEAD, starting: true }, view: {}, does: 'goes' },
    { it: 'work that cannot go on', slot: { ...DEAD, busy: true }, view: {}, does: 'cancelled' },
    {
      it: 'work on what runs is left alone',
      slot: { ...DEAD, life: 'alive', busy: true },
      view: {},
      does: 'it runs on',
    },
  ])('$it: $does', ({ slot, view, does }) => {
    expect(decide(slot, view)).toBe(does);
  });

  it('tells the others once the patience is over, and not for a drain', () => {
    const isDown = (downMs: number, draining: boolean): boolean =>
      withoutEngine({ downMs, patienceMs: 30_000, refused: true, draining, held: new Map() }).isDown;
    expect([isDown(29_999, false), isDown(0, true), isDown(30_000, false)]).toEqual([false, false, true]);
  });
});
