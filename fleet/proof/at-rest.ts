import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

import type { Fleet } from '../harness/fleet.js';

/** Slots that are held and run, and whose holder does not say that they do: in words; empty when there is none. */
export async function unserved({ cluster }: Fleet): Promise<readonly string[]> {
  const [claims, statuses] = await Promise.all([cluster.claims.list(), cluster.statuses.list()]);
  return claims
    .filter(({ session }) => session !== undefined)
    .flatMap(({ pod, index, info }) => {
      const status = statuses.find((each) => each.pod === pod && each.index === index)?.status;
      const serves = status?.phase === 'running' || status?.phase === 'healthy';
      if (serves && status.host === info?.host) return [];
      return [`${pod}/${index} of ${info?.host ?? 'nobody'} is ${status?.phase ?? 'without a status'}`];
    });
}

/** Guards that no agent reaches, and agents without their guards, in words; empty when each agent has its own alone. */
export function strayGuards({ hosts }: Fleet): readonly string[] {
  return hosts.flatMap(({ name, machine, guards }) => {
    const own = guards.map(({ pid }) => pid);
    const there = machine.group.processes().filter(isGuard);
    return [
      ...there
        .filter((pid) => !own.includes(pid))
        .map((pid) => `The guard ${pid} of ${name} belongs to no agent`),
      ...guards
        .filter(({ pid }) => pid === undefined)
        .map((guard) => `${guard.name} of ${name} is not there`),
    ];
  });
}

/** By the title that it gives itself, or by the script that it was started with. */
function isGuard(pid: number): boolean {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return (
      words[0]?.startsWith('raftainer-guard-') === true || words.map((w) => basename(w)).includes('guard.js')
    );
  } catch {
    return false;
  }
}
