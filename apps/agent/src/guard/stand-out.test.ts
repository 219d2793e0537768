import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { expect, it } from 'vitest';

const MODULE = fileURLToPath(new URL('stand-out.ts', import.meta.url));

/** In a process of its own, which stays as it has become. Prints what could not be done, and what is. */
async function stoodOut(oomFile: string): Promise<{ readonly complaints: string[]; readonly score: string }> {
  const code = `import { standOut } from ${JSON.stringify(MODULE)};
    process.stdout.write(JSON.stringify(standOut(${JSON.stringify(oomFile)})) + '\\n');
    process.stdin.resume();`;
  const loader = ['--conditions=@raftainer/source', '--import', 'tsx', '--input-type=module', '-e', code];
  const child = spawn(process.execPath, loader, { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const score =
      process.platform === 'linux' ? readFileSync(`/proc/${String(child.pid)}/oom_score_adj`, 'utf8') : '';
    return { complaints: JSON.parse(line.toString()) as string[], score: score.trim() };
  } finally {
    child.kill('SIGKILL');
  }
}

it.runIf(process.platform === 'linux')('says what it was not allowed, and only that', async () => {
  const { complaints, score } = await stoodOut('/proc/self/oom_score_adj');
  const spared = complaints.every((complaint) => !complaint.includes('oom_score_adj'));
  expect(score === '-900').toBe(spared);
});

it('says why it is not spared when memory runs out', async () => {
  const { complaints } = await stoodOut('/nonexistent/oom_score_adj');
  expect(complaints.at(-1)).toMatch(/^it is not spared when memory runs out .*CAP_SYS_RESOURCE.*: ENOENT/);
});
