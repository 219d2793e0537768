import { describe, expect, it } from 'vitest';

import { afterRename } from './renamed.js';

import type { RenameFacts } from './renamed.js';

const MACHINE = { machineId: 'm1', engineId: 'e1' };
const STORED = { host: 'before', exclusive: 's1', shared: 's2', machine: MACHINE };
const FACTS: RenameFacts = {
  stored: STORED,
  host: 'now',
  machine: MACHINE,
  holder: 'last run',
  isAlive: true,
  isKeptHere: true,
  waitedMs: 0,
  patienceMs: 22_000,
};
const GONE = { holder: 'nobody', isAlive: false, isKeptHere: false } as const;

describe('what a host left under a former name', () => {
  it.each<readonly [string, Partial<RenameFacts>, string]>([
    ['nothing is known of a last run', { stored: undefined }, 'none'],
    ['the name is the same', { host: 'before' }, 'none'],
    ['guards of this state directory keep its claims', {}, 'clear'],
    ['its sessions are gone, as after a reboot', GONE, 'clear'],
    [
      'only its name is still held, by a session that is gone',
      { isAlive: false, isKeptHere: false },
      'clear',
    ],
    ['the machine got another id as well', { machine: { ...MACHINE, machineId: 'm2' } }, 'clear'],
    ['the engine does not answer yet', { machine: { machineId: 'm1' } }, 'wait'],
    ['its sessions live, and no guard here keeps them', { isKeptHere: false }, 'wait'],
    ['... for longer than they could by themselves', { isKeptHere: false, waitedMs: 22_000 }, 'leave'],
    ['another agent has the name by now', { ...GONE, holder: 'another' }, 'leave'],
    ['another agent has the name, and guards live here', { holder: 'another' }, 'leave'],
    ['the engine is another', { machine: { ...MACHINE, engineId: 'e2' } }, 'leave'],
    ['version 0.1.0 noted no machine', { stored: { host: 'before', shared: 's2' } }, 'leave'],
    [
      'version 0.1.0 noted no machine, and no engine answers',
      { stored: { host: 'before' }, machine: {} },
      'leave',
    ],
  ])('%s', (_, facts, kind) => {
    expect(afterRename({ ...FACTS, ...facts }).kind).toBe(kind);
  });

  it('is to be removed by hand only when no agent that lives may count on it', () => {
    const engine = afterRename({ ...FACTS, machine: { engineId: 'e2' } });
    expect(engine).toMatchObject({
      byHand: true,
      why: expect.stringContaining('another Docker engine') as string,
    });
    expect(afterRename({ ...FACTS, holder: 'another' })).toMatchObject({ byHand: false });
  });
});
