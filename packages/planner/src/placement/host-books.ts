import { usableGpus } from '../usable-gpus.js';
import { CPU_UNITS } from './demand.js';
import { nameHash } from './rendezvous.js';

import type { Demand } from './demand.js';
import type { PeerView } from './placement-world.js';

const GIB = 1024 ** 3;

/**
 * The hosts in the order of their names, as columns of numbers, with what is left on each. What is used follows from
 * claims and definitions alone: nobody writes it down, so nobody can be wrong about it.
 */
export class HostBooks {
  readonly hosts: readonly PeerView[];
  readonly size: number;
  readonly hashes: Uint32Array;
  /** For the rendezvous: the geometric mean of cores and GiB, which no other host's coming or going changes. */
  readonly weights: Float64Array;
  /** 1 where something new may be placed: present, not draining, its engine answers, record readable. */
  readonly open: Uint8Array;
  readonly #indexes: ReadonlyMap<string, number>;
  readonly #cpu: Float64Array;
  readonly #memory: Float64Array;
  readonly #cpuLeft: Float64Array;
  readonly #memoryLeft: Float64Array;
  readonly #gpusLeft: Int32Array;
  /** Slots by fixed port and host. */
  readonly #ports = new Map<string, Uint16Array>();

  constructor(peers: readonly PeerView[]) {
    this.hosts = [...peers].sort((a, b) => (a.name < b.name ? -1 : 1));
    this.size = this.hosts.length;
    this.#indexes = new Map(this.hosts.map(({ name }, index) => [name, index]));
    const { hosts } = this;
    this.hashes = Uint32Array.from(hosts, ({ name }) => nameHash(name));
    this.open = Uint8Array.from(hosts, (host) => Number(isOpen(host)));
    this.#cpu = Float64Array.from(hosts, ({ facts }) => Math.round((facts?.cpu.cores ?? 0) * CPU_UNITS));
    this.#memory = Float64Array.from(hosts, ({ facts }) => facts?.memory.totalBytes ?? 0);
    this.weights = Float64Array.from(hosts, (_, index) => this.#weightOf(index));
    this.#cpuLeft = this.#cpu.slice();
    this.#memoryLeft = this.#memory.slice();
    this.#gpusLeft = Int32Array.from(hosts, ({ facts }) => usableGpus(facts?.gpus ?? []).length);
  }

  indexOf(host: string): number | undefined {
    return this.#indexes.get(host);
  }

  /** Whether one more slot fits beside what is charged. */
  fits(host: number, demand: Demand): boolean {
    return (
      (demand.cpu === 0 || (this.#cpuLeft[host] ?? 0) >= demand.cpu) &&
      (demand.memoryBytes === 0 || (this.#memoryLeft[host] ?? 0) >= demand.memoryBytes) &&
      (demand.gpus === 0 || (this.#gpusLeft[host] ?? 0) >= demand.gpus) &&
      (demand.hostPorts.length === 0 || this.takenPorts(host, demand).length === 0)
    );
  }

  /** The fixed ports that a slot asks for and another slot has. */
  takenPorts(host: number, demand: Demand): readonly string[] {
    return demand.hostPorts.filter((port) => (this.#ports.get(port)?.[host] ?? 0) > 0);
  }

  /** Enters a slot into a host's books. */
  charge(host: number, demand: Demand): void {
    this.#enter(host, demand, 1);
  }

  /** Takes a slot out of a host's books. */
  discharge(host: number, demand: Demand): void {
    this.#enter(host, demand, -1);
  }

  /** What the slots charged to a host use: cores, bytes, devices. */
  used(host: number): { readonly cpu: number; readonly memoryBytes: number; readonly gpus: number } {
    const gpus = usableGpus(this.hosts[host]?.facts?.gpus ?? []).length;
    return {
      cpu: ((this.#cpu[host] ?? 0) - (this.#cpuLeft[host] ?? 0)) / CPU_UNITS,
      memoryBytes: (this.#memory[host] ?? 0) - (this.#memoryLeft[host] ?? 0),
      gpus: gpus - (this.#gpusLeft[host] ?? 0),
    };
  }

  /** How full a host is, of what it is fullest of: whole percent, so that small differences decide nothing. */
  percentUsed(host: number): number {
    const used = (all: Float64Array, left: Float64Array): number =>
      (all[host] ?? 0) === 0 ? 0 : 1 - (left[host] ?? 0) / (all[host] ?? 1);
    return Math.round(100 * Math.max(used(this.#cpu, this.#cpuLeft), used(this.#memory, this.#memoryLeft)));
  }

  #enter(host: number, demand: Demand, sign: 1 | -1): void {
    this.#cpuLeft[host] = (this.#cpuLeft[host] ?? 0) - sign * demand.cpu;
    this.#memoryLeft[host] = (this.#memoryLeft[host] ?? 0) - sign * demand.memoryBytes;
    this.#gpusLeft[host] = (this.#gpusLeft[host] ?? 0) - sign * demand.gpus;
    for (const port of demand.hostPorts) {
      const slots = this.#ports.get(port) ?? new Uint16Array(this.size);
      slots[host] = (slots[host] ?? 0) + sign;
      this.#ports.set(port, slots);
    }
  }

  #weightOf(host: number): number {
    const cores = (this.#cpu[host] ?? 0) / CPU_UNITS;
    return Math.max(0.1, Math.sqrt(cores * ((this.#memory[host] ?? 0) / GIB)));
  }
}

function isOpen({ present, draining, facts, engineDownSince }: PeerView): boolean {
  return present && !draining && facts !== undefined && engineDownSince === undefined;
}
