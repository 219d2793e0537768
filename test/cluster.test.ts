import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

import { refuseOtherMachines } from '../scripts/fleet-program.mjs';

const root = join(import.meta.dirname, '..');

describe('npm run cluster', () => {
  it.each([
    [{ platform: 'darwin', uid: 0 }, /hence Linux[.]\n\nNext step:\n\n {4}npm run quickstart/],
    [{ platform: 'win32' }, /hence Linux[.]\n\nNext step:\n\n {4}npm run quickstart/],
    [{ platform: 'linux', uid: 1000 }, /hence root[.]\n\nNext step:\n\n {4}sudo npm run cluster/],
  ] as const)('says on %j what to do instead', (machine, message) => {
    expect(() => {
      refuseOtherMachines(machine);
    }).toThrow(message);
  });

  it('goes on as root on Linux', () => {
    expect(() => {
      refuseOtherMachines({ platform: 'linux', uid: 0 });
    }).not.toThrow();
  });

  it('explains itself everywhere', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['scripts/cluster.mjs', '--help'], {
      cwd: root,
    });
    for (const option of ['--hosts', '--servers', '--once', '--help']) expect(stdout).toContain(option);
  });
});
