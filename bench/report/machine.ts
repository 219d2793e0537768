import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';

import type { Ground } from '../harness/ground.js';

/** What the figures were taken on, in one line. The load is that of before the run: figures of a busy machine say little. */
export async function machineLine({ docker }: Pick<Ground, 'docker'>): Promise<string> {
  const { version } = await docker.version();
  const [cpu] = cpus();
  return [
    new Date().toISOString().slice(0, 10),
    `${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'})`,
    `${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
    `kernel ${release()}`,
    `Docker ${version}`,
    `Node ${process.versions.node}`,
    consulVersion(),
    `load before ${(loadavg()[0] ?? 0).toFixed(1)}`,
  ].join(' · ');
}

function consulVersion(): string {
  const binary = process.env.RAFTAINER_TEST_CONSUL ?? 'consul';
  const [first = ''] = execFileSync(binary, ['version'], { encoding: 'utf8' }).split('\n');
  return first.replace(/ v/, ' ');
}
