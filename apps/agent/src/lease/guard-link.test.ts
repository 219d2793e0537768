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
const asked: number[] = [];

beforeEach(async () => {
  asked.length = 0;
  stateDir = await mkdtemp(join(tmpdir(), 'raftainer-link-'));
  guard = await StandInGuard.start({ stateDir, name: NAME, version: VERSION, askedUntil: 5_000 });
});

afterEach(async () => {
  await guard.close();
  await rm(stateDir, { recursive: true, force: true });
});

function link(version = VERSION, silentAfterMs = 60_000): GuardLink {
  return new GuardLink({
    ...{ name: NAME, stateDir, version, logger: silentLogger },
    hello: {
      ...{ kind: 'hello', fenced: { labels: {}, graceLabel: 'grace' }, stopTimeoutMs: 2_500 },
      ...{ pid: process.pid, silentAfterMs },
    },
    reports: new FenceReports(silentLogger),
    onWelcome: () => undefined,
    onProof: () => undefined,
    onAsked: (until) => {
      asked.push(until);
    },
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

  it('sends a guard of another version away once the claims are proven without it, and learns what it was asked for', async () => {
    const ending = new AbortController();
    const kept = link('2.0.0');
    const running = kept.run(ending.signal);
    await eventually(() => {
      expect(asked).toContain(5_000);
    });
    expect(guard.told.map(({ kind }) => kind)).toEqual(['hello']);

    kept.tell({ kind: 'renew', session: 'session-1', fenceAt: 1_000, sentAt: 0 });

    await eventually(() => {
      expect(guard.told.map(({ kind }) => kind)).toEqual(['hello', 'retire']);
    });
    expect(kept.isThere).toBe(false);
    ending.abort();
    await running;
  });

  it('ends with a guard that it sent away', async () => {
    const kept = link();
    const running = kept.run(new AbortController().signal);
    await eventually(() => {
      expect(kept.isThere).toBe(true);
    });

    kept.retire();
    await eventually(() => {
      expect(guard.told.map(({ kind }) => kind)).toContain('retire');
    });
    await guard.close();

    await expect(running).resolves.toBeUndefined();
  });

  it('says that the agent lives, also when it has nothing to tell', async () => {
    const ending = new AbortController();
    const kept = link(VERSION, 30);
    const running = kept.run(ending.signal);
    await eventually(() => {
      expect(guard.told.filter(({ kind }) => kind === 'alive').length).toBeGreaterThan(2);
    });
    ending.abort();
    await running;
  });
});
