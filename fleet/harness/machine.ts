import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { ControlGroup } from './control-group.js';
import { Daemon } from './daemon.js';
import { MountNamespace } from './mount-namespace.js';

import type { FreezerTree } from './control-group.js';
import type { FleetId } from './fleet-id.js';
import type { FleetNetwork, Link } from './network.js';

/** What all machines of a fleet stand on. */
export interface FleetGround {
  readonly id: FleetId;
  readonly folder: string;
  readonly network: FleetNetwork;
  readonly tree: FreezerTree;
}

/** Which machine. */
export interface MachineOptions {
  readonly ground: FleetGround;
  /** Such as `host-1`. */
  readonly name: string;
  /** Last number of its address. */
  readonly number: number;
}

/**
 * A machine of the fleet: an address of its own on the fleet's network, mounts of its own, and one control group for all
 * of its processes. Process ids and files are shared with the machine that it runs on.
 */
export class Machine {
  readonly name: string;
  /** Where its data is. */
  readonly folder: string;
  readonly group: ControlGroup;
  readonly #link: Link;
  readonly #mounts: MountNamespace;
  #on = false;

  constructor({ ground, name, number }: MachineOptions) {
    this.name = name;
    this.folder = join(ground.folder, name);
    this.#link = ground.network.link(name, number);
    this.group = new ControlGroup(ground.tree, `${ground.id.group}/${name}`);
    this.#mounts = new MountNamespace(join(ground.folder, 'namespaces'), name);
  }

  get address(): string {
    return this.#link.address;
  }

  /** Name of its network namespace, for `ip netns exec`. */
  get namespace(): string {
    return this.#link.namespace;
  }

  /** Name of its cable, for `ip link set … down`. */
  get cable(): string {
    return this.#link.port;
  }

  /** Whether it has power. */
  get on(): boolean {
    return this.#on;
  }

  /** Gives it power: namespaces, cable, control group, and a boot id like no other. Nothing runs yet. */
  async switchOn(): Promise<void> {
    mkdirSync(this.folder, { recursive: true });
    this.group.create();
    await this.#link.create();
    await this.#mounts.create();
    this.#on = true;
  }

  /**
   * Power loss. The cable goes first, so that nobody hears of it: a process that is killed would still close its
   * connections. What is on its disk stays.
   */
  async switchOff(): Promise<void> {
    this.#on = false;
    await this.#link.cut();
    await this.group.kill();
    await this.group.remove();
    await this.#mounts.remove();
    await this.#link.remove();
  }

  /** Pulls its cable. Within the machine, and with its containers, everything goes on. */
  async cut(): Promise<void> {
    await this.#link.cut();
  }

  async mend(): Promise<void> {
    await this.#link.mend();
  }

  /** A process of this machine; it is not started yet. Its log is `<name>.log` in the machine's folder. */
  daemon(name: string, command: readonly string[], environment: NodeJS.ProcessEnv = process.env): Daemon {
    return new Daemon({
      name: `${name} of ${this.name}`,
      command,
      environment,
      logFile: join(this.folder, `${name}.log`),
      wrap: (words) => this.#inside(words),
    });
  }

  /** Enters group and namespaces, each by `exec`: the process id is that of the daemon itself. */
  #inside(command: readonly string[]): readonly string[] {
    return [
      ...['sh', '-c', 'echo $$ > "$0" && exec "$@"', this.group.entrance],
      ...['nsenter', `--net=/run/netns/${this.namespace}`, `--mount=${this.#mounts.file}`, '--'],
      ...command,
    ];
  }
}
