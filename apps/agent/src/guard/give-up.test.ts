import { createServer } from 'node:http';
import { once } from 'node:events';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { ConsulCalls } from './consul-calls.js';
import { giveUp } from './give-up.js';

import type { AddressInfo } from 'node:net';
import type { HoldMessage } from './protocol.js';

const HOLD: HoldMessage = {
  kind: 'hold',
  ...{ crashMs: 10_000, consul: {}, exclusiveSession: 'exclusive', sharedSession: 'shared' },
  ...{ serviceId: 'agent', claimsFolder: 'locks/', beats: [], renewEveryMs: 1_500, fenceAfterMs: 4_500 },
};
const OTHERS = { Key: 'locks/b/0.lock', Session: 'another' };
const OWN = Array.from({ length: 40 }, (_, at) => ({
  Key: `locks/a/${at}.lock`,
  Session: at % 2 === 0 ? 'exclusive' : 'shared',
}));

/** What was done, in order: at the engine, and at a Consul that knows these claims. */
let steps: string[] = [];
const consul = createServer((request, response) => {
  const { method, url = '' } = request;
  if (method === 'PUT') steps.push(url.replace('/v1/', ''));
  else steps.push('read');
  response.end(method === 'PUT' ? 'true' : JSON.stringify([OTHERS, ...OWN, { Key: 'locks/c/0.lock' }]));
});
let calls: ConsulCalls;

beforeAll(async () => {
  await once(consul.listen(0, '127.0.0.1'), 'listening');
  calls = new ConsulCalls({ host: '127.0.0.1', port: (consul.address() as AddressInfo).port });
});

beforeEach(() => {
  steps = [];
});

afterAll(() => {
  consul.close();
});

async function tryToGiveUp(options: {
  readonly calledOff?: () => boolean;
  readonly running?: readonly number[];
  readonly agentMayStart?: () => boolean;
}): Promise<boolean> {
  const running = [...(options.running ?? [1])];
  return giveUp({
    ...{ hold: HOLD, consul: calls },
    stop: async () => {
      steps.push('stop');
      return Promise.resolve(running.shift() ?? 0);
    },
    agentMayStart: options.agentMayStart ?? (() => false),
    expire: () => steps.push('expire'),
    letGo: () => steps.push('let go'),
    calledOff: options.calledOff ?? (() => false),
  });
}

describe('giveUp', () => {
  it('frees what the sessions hold, and nothing else, once nothing runs, and ends the sessions last', async () => {
    expect(await tryToGiveUp({ running: [2, 1, 0] })).toBe(true);
    expect(steps.slice(0, 5)).toEqual(['stop', 'expire', 'stop', 'stop', 'read']);
    const freed = OWN.map(({ Key, Session }) => `kv/${Key}?release=${Session}`);
    expect(steps.slice(5, 45).sort()).toEqual([...freed].sort());
    expect(steps.slice(45, 46)).toEqual(['let go']);
    expect(steps.slice(46).sort()).toEqual([
      'agent/service/deregister/agent',
      'session/destroy/exclusive',
      'session/destroy/shared',
    ]);
  });

  it('is called off between any two steps when somebody comes', async () => {
    let looks = 0;
    await tryToGiveUp({ calledOff: () => (looks += 1) < 0 });
    const all = steps.length;
    const lengths = new Set<number>();
    for (let come = 1; come <= looks; come += 1) {
      steps = [];
      let look = 0;
      expect(await tryToGiveUp({ calledOff: () => (look += 1) >= come })).toBe(false);
      expect(steps).not.toContain('let go');
      expect(steps.join()).not.toContain('destroy');
      lengths.add(steps.length);
    }
    // After the first stop, after the second one, after the claims were read, and after each lot of them.
    expect([...lengths]).toEqual([1, 3, 4, 4 + 16, 4 + 32, 4 + 40]);
    expect(Math.max(...lengths)).toBeLessThan(all);
  });

  it('waits for as long as an agent that hangs could still start something', async () => {
    let left = 3;
    const agentMayStart = (): boolean => {
      steps.push('may');
      return (left -= 1) >= 0;
    };
    expect(await tryToGiveUp({ agentMayStart })).toBe(true);
    expect(steps.slice(0, 6)).toEqual(['stop', 'may', 'may', 'may', 'may', 'expire']);
  });

  it('frees nothing when what runs cannot be stopped', async () => {
    const engine = new Error('the engine does not answer');
    const failing = giveUp({
      ...{ hold: HOLD, consul: calls, agentMayStart: () => false, calledOff: () => false },
      stop: () => Promise.reject(engine),
      expire: () => steps.push('expire'),
      letGo: () => steps.push('let go'),
    });
    await expect(failing).rejects.toThrow(engine);
    expect(steps).toEqual([]);
  });
});
