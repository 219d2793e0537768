import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { describe, expect, it } from 'vitest';

/** Runs a program that has done its work, and then still has this. */
async function lingering(left: string): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const linger = new URL('linger.ts', import.meta.url).href;
  const program = `import { endAfterLinger } from ${JSON.stringify(linger)}; endAfterLinger(process); ${left}`;
  const loader = ['--conditions=@raftainer/source', '--import', 'tsx', '--input-type=module'];
  return promisify(execFile)(process.execPath, [...loader, '--eval', program]);
}

describe('endAfterLinger', () => {
  it('ends a process that a timer keeps, and says that one did', async () => {
    const { stderr } = await lingering('setInterval(() => undefined, 60_000);');

    expect(stderr).toMatch(/something keeps the process \(.*Timeout.*\); please report this/);
  });

  it('does not keep a process, and has nothing to say of one that ends', async () => {
    await expect(lingering('')).resolves.toEqual({ stdout: '', stderr: '' });
  });
});
