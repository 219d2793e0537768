import type { Fleet } from './fleet.js';

const SHOWN = 3;

/** That no agent is present, and whose should be. Pure. */
export function nobodyPresent({ hosts }: Fleet): string {
  const names = hosts.map(({ host }) => host);
  const nobody = 'no agent is present in the cluster';
  if (names.length === 0) return nobody;
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  return `${nobody}; ${names.slice(0, SHOWN).join(', ')}${more} are known and absent; the log of an agent, and raftainer ps on its host, say why`;
}
