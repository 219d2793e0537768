import { describe, expect, it } from 'vitest';

import { areDifferent, haveSameEngine } from './machine.js';
import { whyNotOurs } from './whose-sessions.js';

const HERE = { node: 'node-1', machine: { machineId: 'm1', engineId: 'e1' } };

describe('sessions whose ids are known here', () => {
  it.each([
    ['the next run on the same machine', HERE, true],
    ['a run of an agent that did not note where it was', { node: 'node-1' }, true],
    ['the engine made its data folder anew', { ...HERE, machine: { machineId: 'm1', engineId: 'e2' } }, true],
    ['the machine got another id', { ...HERE, machine: { machineId: 'm2', engineId: 'e1' } }, true],
    ['the engine does not answer yet', { ...HERE, machine: { machineId: 'm1' } }, true],
    ['a cloned machine, with a Consul of its own', { ...HERE, node: 'node-2' }, false],
    [
      'a copied state directory, on the Consul of both',
      { ...HERE, machine: { machineId: 'm2', engineId: 'e2' } },
      false,
    ],
    [
      'a copied state directory, of which no engine is known',
      { ...HERE, machine: { machineId: 'm2' } },
      false,
    ],
    ['a state directory of 0.1.0 that was copied', { node: 'node-2' }, false],
  ])('%s', (_, origin, ours) => {
    const why = whyNotOurs(origin, HERE);
    expect(why === undefined).toBe(ours);
  });
});

describe('machines', () => {
  it('are two only when nothing that is known of both is the same', () => {
    expect(areDifferent({}, { machineId: 'm1' })).toBe(false);
    expect(areDifferent({ machineId: 'm1' }, { engineId: 'e1' })).toBe(false);
  });

  it('share an engine only when both are known to', () => {
    expect(haveSameEngine({ engineId: 'e1' }, { engineId: 'e1' })).toBe(true);
    expect(haveSameEngine({}, {})).toBe(false);
  });
});
