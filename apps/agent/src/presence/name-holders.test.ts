import { createLogger } from '@raftainer/logger';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { NameHolders } from './name-holders.js';

const WAIT_MS = 22_000;
const TAKEN = expect.objectContaining({ code: 'AGENT_HOSTNAME_TAKEN' }) as Error;
const logger = createLogger({ name: 'test', level: 'silent' });

let holders: NameHolders;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  holders = new NameHolders({ sessionTtlMs: 10_000, logger });
});

afterEach(() => {
  vi.useRealTimers();
});

function see(session: string | undefined): () => void {
  return () => {
    holders.saw('host-1', session);
  };
}

it('gives up on a session that does not lapse', () => {
  see('s1')();
  vi.advanceTimersByTime(WAIT_MS);
  expect(see('s1')).not.toThrow();
  vi.advanceTimersByTime(1);
  expect(see('s1')).toThrow(TAKEN);
});

it('counts anew for another session, also for one that was seen before', () => {
  see('s1')();
  vi.advanceTimersByTime(WAIT_MS - 1_000);
  see('s2')();
  vi.advanceTimersByTime(2_000);
  expect(see('s1')).not.toThrow();
  expect(see(undefined)).not.toThrow();
});

it('counts anew after Consul did not answer, or the name was held here', () => {
  see('s1')();
  vi.advanceTimersByTime(WAIT_MS + 1);
  holders.forget();
  expect(see('s1')).not.toThrow();
  vi.advanceTimersByTime(WAIT_MS + 1);
  expect(see('s1')).toThrow(TAKEN);
});
