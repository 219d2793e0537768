import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { eventually } from '@raftainer/testing';

import { neutralEnvironment } from './environment.js';

import type { Daemon } from './daemon.js';
import type { Machine } from './machine.js';

/** Consul's own port for HTTP, on every machine of the fleet. */
export const CONSUL_PORT = 8500;

const READY_TIMEOUT_MS = 60_000;
const CALL_TIMEOUT_MS = 2_000;

/** How soon Consul's agents find each other dead: as Consul has it by itself, or in half the time. */
export type Gossip = 'default' | 'fast';

/** The settings of `docs/guarantees.md`. They have to be the same everywhere. */
const GOSSIP_SETTINGS = {
  default: {},
  fast: {
    gossip_lan: {
      probe_interval: '500ms',
      probe_timeout: '250ms',
      suspicion_mult: 3,
      gossip_interval: '100ms',
    },
  },
} as const satisfies Readonly<Record<Gossip, object>>;

/** How a machine takes part in Consul. */
export interface ConsulMemberOptions {
  readonly binary: string;
  /** Addresses of all servers. */
  readonly servers: readonly string[];
  readonly role: 'server' | 'client';
  readonly gossip: Gossip;
}

/** Writes Consul's configuration of a machine and gives its process, not started yet. Its data outlives every restart. */
export function consulDaemon(machine: Machine, options: ConsulMemberOptions): Daemon {
  const file = join(machine.folder, 'consul.json');
  writeFileSync(file, JSON.stringify(configuration(machine, options), undefined, 2));
  return machine.daemon(
    'consul',
    [options.binary, 'agent', '-ui', `-config-file=${file}`],
    neutralEnvironment(),
  );
}

function configuration(machine: Machine, { servers, role, gossip }: ConsulMemberOptions): object {
  const server = { server: true, bootstrap_expect: servers.length };
  return {
    ...(role === 'server' ? server : {}),
    node_name: machine.name,
    data_dir: join(machine.folder, 'consul'),
    bind_addr: machine.address,
    // All addresses of the machine, its loopback too; nobody else reaches the fleet's network.
    client_addr: '0.0.0.0',
    retry_join: servers,
    retry_interval: '500ms',
    log_level: 'info',
    disable_update_check: true,
    leave_on_terminate: false,
    skip_leave_on_interrupt: true,
    ports: { http: CONSUL_PORT, dns: -1, grpc: -1, serf_wan: -1 },
    // What Consul advises for production; its default suits the smallest machines.
    performance: { raft_multiplier: 1 },
    ...GOSSIP_SETTINGS[gossip],
  };
}

/** Waits until the Consul of a machine answers and knows a leader. */
export async function untilLed(address: string, daemon: Daemon): Promise<void> {
  try {
    await eventually(async () => (await leaderSeenBy(address)) !== undefined, {
      timeoutMs: READY_TIMEOUT_MS,
      intervalMs: 100,
    });
  } catch (error: unknown) {
    throw new Error(`Consul at ${address} knows no leader. Its log ends:\n${await daemon.logTail()}`, {
      cause: error,
    });
  }
}

/** Address of the leader that the Consul at `address` knows; undefined when it does not answer or knows none. */
export async function leaderSeenBy(address: string): Promise<string | undefined> {
  try {
    const response = await fetch(`http://${address}:${CONSUL_PORT}/v1/status/leader`, {
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
    return /"([\d.]+):\d+"/.exec(await response.text())?.[1];
  } catch {
    return undefined;
  }
}
