import { freeSubnet } from './subnet.js';
import { run, succeeds } from './run-command.js';

import type { FleetId } from './fleet-id.js';

/** Last number of the address of the bridge, at which this machine itself is part of the fleet's network. */
const OWN_NUMBER = 254;

/** The bridge that the machines of one fleet are plugged into. */
export class FleetNetwork {
  readonly #id: FleetId;
  /** Such as `10.77.3`. */
  readonly #subnet: string;

  private constructor(id: FleetId, subnet: string) {
    this.#id = id;
    this.#subnet = subnet;
  }

  /** Makes the bridge, in a range that this machine does not route. */
  static async create(id: FleetId): Promise<FleetNetwork> {
    const network = new FleetNetwork(id, freeSubnet(await run('ip', '-4', 'route')));
    await run('ip', 'link', 'add', id.bridge, 'type', 'bridge');
    await run('ip', 'addr', 'add', `${network.#subnet}.${OWN_NUMBER}/24`, 'dev', id.bridge);
    await run('ip', 'link', 'set', id.bridge, 'up');
    // Where bridged frames pass the firewall, an engine of this machine has set it to drop them.
    await run('iptables', '-w', '-I', 'FORWARD', ...forwardRule(id));
    return network;
  }

  /** A plug for one machine; `number` is the last of its address. */
  link(name: string, number: number): Link {
    return new Link({ id: this.#id, subnet: this.#subnet, name, number });
  }
}

/** Takes the bridge of a fleet back, and the rule that lets its frames pass; safe when they are gone. */
export async function removeBridge(id: FleetId): Promise<void> {
  await succeeds('iptables', '-w', '-D', 'FORWARD', ...forwardRule(id));
  await succeeds('ip', 'link', 'del', id.bridge);
}

function forwardRule({ bridge }: FleetId): readonly string[] {
  return ['-i', bridge, '-o', bridge, '-j', 'ACCEPT'];
}

/** A machine's network namespace and its cable to the bridge. */
export class Link {
  /** Name of the namespace, for `ip netns exec`. */
  readonly namespace: string;
  /** The machine's address. */
  readonly address: string;
  readonly #gateway: string;
  readonly #bridge: string;
  /** The end of its cable on the bridge, by its name in `ip link`. */
  readonly port: string;

  constructor(of: {
    readonly id: FleetId;
    readonly subnet: string;
    readonly name: string;
    readonly number: number;
  }) {
    this.namespace = `${of.id.prefix}-${of.name}`;
    this.address = `${of.subnet}.${of.number}`;
    this.#gateway = `${of.subnet}.${OWN_NUMBER}`;
    this.#bridge = of.id.bridge;
    this.port = `${of.id.prefix}-p${of.number}`;
  }

  /** Makes the namespace, with an interface `eth0` that is up and connected. */
  async create(): Promise<void> {
    const { namespace } = this;
    await run('ip', 'netns', 'add', namespace);
    await run('ip', 'link', 'add', this.port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
    await run('ip', 'link', 'set', this.port, 'master', this.#bridge, 'up');
    await run('ip', '-n', namespace, 'link', 'set', 'lo', 'up');
    await run('ip', '-n', namespace, 'addr', 'add', `${this.address}/24`, 'dev', 'eth0');
    await run('ip', '-n', namespace, 'link', 'set', 'eth0', 'up');
    await run('ip', '-n', namespace, 'route', 'add', 'default', 'via', this.#gateway);
  }

  /** Pulls the cable: nothing arrives and nothing leaves, and nobody is told. */
  async cut(): Promise<void> {
    await run('ip', 'link', 'set', this.port, 'down');
  }

  /** Plugs it in again. */
  async mend(): Promise<void> {
    await run('ip', 'link', 'set', this.port, 'up');
  }

  /** Removes namespace and cable; safe when they are gone. */
  async remove(): Promise<void> {
    await succeeds('ip', 'link', 'del', this.port);
    await succeeds('ip', 'netns', 'del', this.namespace);
  }
}

/** Removes every namespace and cable of a fleet; the namespaces' processes have to be gone. */
export async function removeLinks(id: FleetId): Promise<void> {
  const links = (await run('ip', '-o', 'link')).matchAll(new RegExp(`^\\d+: (${id.prefix}-p\\d+)[@:]`, 'gm'));
  for (const [, port = ''] of links) await succeeds('ip', 'link', 'del', port);
  const namespaces = (await run('ip', 'netns', 'list')).matchAll(new RegExp(`^(${id.prefix}-\\S+)`, 'gm'));
  for (const [, namespace = ''] of namespaces) await succeeds('ip', 'netns', 'del', namespace);
}
