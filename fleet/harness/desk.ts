import { consulDaemon, untilLed } from './consul-member.js';
import { Machine } from './machine.js';

import type { Gossip } from './consul-member.js';
import type { FleetGround } from './machine.js';

const NUMBER = 250;

/**
 * Starts the machine from which tests and users look at the cluster: it has a Consul client agent, is no host, and no
 * fault is meant for it. Gives its address once it knows a leader.
 */
export async function startDesk(
  ground: FleetGround,
  consul: { readonly binary: string; readonly servers: readonly string[]; readonly gossip: Gossip },
): Promise<string> {
  const machine = new Machine({ ground, name: 'desk', number: NUMBER });
  await machine.switchOn();
  const daemon = consulDaemon(machine, { ...consul, role: 'client' });
  daemon.start();
  await untilLed(machine.address, daemon);
  return machine.address;
}
