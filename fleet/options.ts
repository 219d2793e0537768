import { parseArgs } from 'node:util';

import type { Gossip } from './harness/consul-member.js';

/** What was asked for on the command line. */
export interface ClusterOptions {
  readonly hosts: number;
  readonly servers: number;
  /** How soon Consul finds a host dead. */
  readonly gossip: Gossip;
  /** Apply the example, show where it runs, and take everything back. */
  readonly once: boolean;
}

/** What `--help` prints. */
export const USAGE = `npm run cluster -- [options]

  --hosts N     Docker hosts, each with an engine, a Consul agent and a Raftainer agent (default 3)
  --servers N   Consul servers: 1, 3 or 5 (default 3)
  --gossip G    fast: Consul finds a host dead in about 3 s; default: in 6 to 8 s, as it does by itself (default fast)
  --once        apply an example, show where it runs, remove everything and end
  --help`;

/** Reads the command line; undefined when help was asked for. Throws an error for people when it makes no sense. */
export function readOptions(args: readonly string[]): ClusterOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      hosts: { type: 'string', default: '3' },
      servers: { type: 'string', default: '3' },
      gossip: { type: 'string', default: 'fast' },
      once: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const servers = count('--servers', values.servers);
  if (![1, 3, 5].includes(servers)) throw new Error(`--servers: give 1, 3 or 5, not ${servers}.\n\n${USAGE}`);
  return {
    hosts: count('--hosts', values.hosts),
    servers,
    gossip: readGossip(values.gossip, USAGE),
    once: values.once,
  };
}

/** Reads `--gossip`. @throws Error for people, with the usage, when it is neither. */
export function readGossip(text: string, usage: string): Gossip {
  if (text === 'fast' || text === 'default') return text;
  throw new Error(`--gossip: give fast or default, not ${JSON.stringify(text)}.\n\n${usage}`);
}

/** More engines than this are more than one machine can bear. */
const MAX_HOSTS = 20;

function count(flag: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= MAX_HOSTS) return number;
  throw new Error(`${flag}: ${JSON.stringify(text)} is no whole number from 1 to ${MAX_HOSTS}.\n\n${USAGE}`);
}
