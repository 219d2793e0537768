import { describe, expect, it, vi } from 'vitest';

import { silentLogger } from '@raftainer/logger';

import { FenceReports } from './fence-reports.js';

describe('FenceReports', () => {
  it('log once what agent and guards do to a container, and again what happens to it later', () => {
    let now = 0;
    const warn = vi.fn();
    const reports = new FenceReports({ ...silentLogger, warn }, () => now);

    reports.tell({ container: 'one', action: 'stopping' }, 'guard-2');
    reports.tell({ container: 'one', action: 'stopping' }, 'agent');
    reports.tell({ container: 'two', action: 'stopping' }, 'agent');
    reports.tell({ container: 'one', action: 'killing' }, 'agent');
    now = 60_000;
    reports.tell({ container: 'one', action: 'stopping' }, 'guard-1');

    expect(warn.mock.calls.map(([event]: readonly unknown[]) => event)).toEqual([
      { container: 'one', action: 'stopping', by: 'guard-2' },
      { container: 'two', action: 'stopping', by: 'agent' },
      { container: 'one', action: 'killing', by: 'agent' },
      { container: 'one', action: 'stopping', by: 'guard-1' },
    ]);
  });

  it('say once what both guards lack', () => {
    const warn = vi.fn();
    const reports = new FenceReports({ ...silentLogger, warn });
    reports.tellLacks(['one thing']);
    reports.tellLacks(['one thing', 'another']);
    expect(warn.mock.calls).toEqual([
      [{}, 'The guards do not stand out: one thing'],
      [{}, 'The guards do not stand out: another'],
    ]);
  });
});
