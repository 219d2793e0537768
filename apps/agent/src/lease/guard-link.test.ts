import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { silentLogger } from '@raftainer/logger';
import { eventually } from '@raftainer/testing';

import { StandInGuard } from '../../test/support/stand-in-guard.js';
import { FenceReports } from './fence-reports.js';
import { GuardLink } from './guard-link.js';

const NAME = 'guard-1';
const VERSION = '1.0.0';

let guard: StandInGuard;
let stateDir: string;

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'raftainer-link-'));
  guard = await StandInGuard.start(stateDir, NAME, VERSION);
});

afterEach(async () => {
  await guard.close();
  await rm(stateDir, { recursive: true, force: true });
});

function link(version = VERSION): GuardLink {
  return new GuardLink({
    ...{ name: NAME, stateDir, version, logger: silentLogger },
    hello: { kind: 'hello', fenced: { labels: {}, graceLabel: 'grace' }, stopTimeoutMs: 2_500 },
    reports: new FenceReports(silentLogger),
    onWelcome: () => undefined,
  });
}

describe('GuardLink', () => {
  it('finds the guard that is there, and leaves it behind when told to end', async () => {
    const ending = new AbortController();
    const kept = link();
    const running = kept.run(ending.signal);
    await eventually(() => {
      expect(kept.isThere).toBe(true);
    });

    ending.abort();
    await running;

    expect(guard.told.map(({ kind }) => kind)).toEqual(['hello']);
    expect(kept.isThere).toBe(false);
    expect(guard.listening).toBe(true);
  });

  it('ends also when told to while it dials', async () => {
    const ending = new AbortController();
    const running = link().run(ending.signal);
    ending.abort();

    await expect(running).resolves.toBeUndefined();
  });

  it('tells a guard that comes later what was said before', async () => {
    const ending = new AbortController();
    const kept = link();
    kept.tell({ kind: 'renew', session: 'session-1', fenceAt: 1_000, sentAt: 0 });
    const running = kept.run(ending.signal);
    await eventually(() => {
      expect(guard.told.map(({ kind }) => kind)).toEqual(['hello', 'renew']);
    });

    ending.abort();
    await running;
  });

  it('sends a guard of another version away', async () => {
    const ending = new AbortController();
    const kept = link('2.0.0');
    const running = kept.run(ending.signal);
    await eventually(() => {
      expect(guard.told.map(({ kind }) => kind)).toEqual(['hello', 'retire']);
    });
    expect(kept.isThere).toBe(false);

    ending.abort();
    await running;
  });
});
