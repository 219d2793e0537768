import { existsSync, readdirSync, readFileSync } from 'node:fs';

import { run } from '../harness/run-command.js';

/** Everything on this machine that carries the fleet's id. */
export async function tracesOf(id: string): Promise<readonly string[]> {
  const links = (await run('ip', '-o', 'link')).split('\n');
  const namespaces = (await run('ip', 'netns', 'list')).split('\n');
  const rules = (await run('iptables', '-w', '-S', 'FORWARD')).split('\n');
  const network = [...links, ...namespaces, ...rules].filter((line) => line.includes(`rf${id}`));
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  const groups = readdirSync('/sys/fs/cgroup').filter((controller) =>
    existsSync(`/sys/fs/cgroup/${controller}/raftainer-fleet-${id}`),
  );
  const records = existsSync('/run/raftainer-fleet') ? readdirSync('/run/raftainer-fleet') : [];
  return [
    ...network,
    ...mounts.filter((line) => line.includes(`raftainer-fleet-${id}`)),
    ...groups.map((controller) => `control group in ${controller}`),
    ...records.filter((name) => name.startsWith(id)).map((name) => `record ${name}`),
    ...processesOf(id),
  ];
}

function processesOf(id: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const text = (file: string): string => readFileSync(`/proc/${pid}/${file}`, 'utf8');
        // A dead process whose parent has not asked for its end yet is none of ours to wait for.
        if (/^State:\s+[ZX]/m.test(text('status'))) return false;
        return ['cmdline', 'cgroup'].some((file) => text(file).includes(`raftainer-fleet-${id}`));
      } catch {
        return false; // It has ended.
      }
    })
    .map((pid) => `process ${pid}`);
}
