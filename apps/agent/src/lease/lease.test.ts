import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { silentLogger } from '@raftainer/logger';
import { eventually } from '@raftainer/testing';

import { StandInGuard } from '../../test/support/stand-in-guard.js';
import { GUARD_NAMES } from '../guard/protocol.js';
import { GuardedLease } from './lease.js';
import { DEFAULT_LEASE_TERMS } from './lease-terms.js';

import type { GuardName } from '../guard/protocol.js';

const VERSION = '1.0.0';

let stateDir: string;
let guards: readonly StandInGuard[];
let lease: GuardedLease;
let ending: AbortController;
let running: Promise<void>;

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'raftainer-lease-'));
  const start = async (name: GuardName): Promise<StandInGuard> =>
    StandInGuard.start({ stateDir, name, version: VERSION });
  guards = await Promise.all(GUARD_NAMES.map(start));
  lease = new GuardedLease({
    ...{ terms: DEFAULT_LEASE_TERMS, stateDir, version: VERSION, logger: silentLogger },
    fenced: { labels: { 'raftainer.test': stateDir }, graceLabel: 'grace' },
    environment: { DOCKER_HOST: `unix://${join(stateDir, 'no-engine.sock')}` },
    answersForRunning: false,
  });
  ending = new AbortController();
  running = lease.run(ending.signal);
});

afterEach(async () => {
  ending.abort();
  await running;
  for (const guard of guards) await guard.close();
  await rm(stateDir, { recursive: true, force: true });
});

async function start(container: string, session: string | undefined): Promise<void> {
  await lease.beforeStart({ container, session }, ending.signal);
}

describe('the lease, before an exclusive container starts', () => {
  it('tells all guards, so that they know of it whatever becomes of the engine', async () => {
    lease.proven('first', performance.now());
    await start('one', 'first');

    for (const guard of guards) {
      await eventually(() => {
        expect(guard.told.at(-1)).toEqual({ kind: 'starting', session: 'first', container: 'one' });
      });
    }
  });

  it('refuses work that began under a session that was lost, although its successor is proven', async () => {
    lease.proven('first', performance.now());
    lease.proven('second', performance.now());

    await expect(start('one', 'first')).rejects.toMatchObject({ code: 'AGENT_LEASE_UNPROVEN' });
    await expect(start('one', undefined)).rejects.toMatchObject({ code: 'AGENT_LEASE_UNPROVEN' });
    await start('two', 'second');
    await eventually(() => {
      const started = guards.map(({ told }) => told.filter(({ kind }) => kind === 'starting'));
      expect(started).toEqual(guards.map(() => [{ kind: 'starting', session: 'second', container: 'two' }]));
    });
  });

  it('refuses while its last proof is too old', async () => {
    lease.proven('first', performance.now() - DEFAULT_LEASE_TERMS.fenceAfterMs);

    await expect(start('one', 'first')).rejects.toMatchObject({ code: 'AGENT_LEASE_UNPROVEN' });
  });
});
