import { assignGpus } from '@raftainer/constraints';

import { fractionOf } from './names.js';
import { slotIdOf } from '@raftainer/pod-spec';
import { CPU_UNITS } from './placement/demand.js';
import { fixedPorts } from './ports.js';
import { isOurs } from './sessions.js';
import { isRunning } from './teardown.js';
import { pickSubnet } from './subnets.js';
import { resourceRequest } from './resource-request.js';
import { usableGpus } from './usable-gpus.js';

import type { GpuRequest } from '@raftainer/constraints';
import type { SlotId } from '@raftainer/pod-spec';
import type { ListeningView, Snapshot } from './snapshot.js';
import type { Container, Pod, PortProtocol } from '@raftainer/pod-spec';

/** A host address and port that something wants to listen on. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
  readonly protocol: PortProtocol;
}

/**
 * The books of one planning run: what the slots of this host have, and what the run gives to further ones,
 * so that nothing is given twice. Made anew for each run.
 */
export class Ledger {
  readonly #snapshot: Snapshot;
  readonly #charges = new Map<SlotId, Charge>();
  #total: Charge = NOTHING;
  readonly #hostPorts = new Map<string, SlotId>();
  readonly #dynamicTaken = new Set<number>();
  readonly #subnets: string[];
  readonly #strangers: readonly ListeningView[];
  readonly #gpus = new Map<string, SlotId>();
  readonly #disruptedPods = new Set<string>();

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
    this.#subnets = [...snapshot.routes, ...snapshot.networks.flatMap((network) => network.subnets)];
    const ours = new Set<number>();
    for (const container of snapshot.containers) {
      const { hostPorts, gpus, slot, state } = container;
      // A held slot keeps its devices while it is made anew; what is left of one that nobody holds uses none.
      const keeps =
        isRunning(container) || isOurs(snapshot.sessions, snapshot.claims.get(slotIdOf(slot))?.session);
      for (const id of keeps ? gpus : []) this.#gpus.set(id, slotIdOf(slot));
      for (const [key, port] of Object.entries(hostPorts)) {
        ours.add(port);
        this.#dynamicTaken.add(port);
        // What runs has its ports, whatever its definition has come to say.
        if (state === 'running') this.#hostPorts.set(endpointKey(port, protocolOf(key)), slotIdOf(slot));
      }
    }
    for (const [slot, busy] of snapshot.busy) {
      for (const id of busy.gpus) this.#gpus.set(id, slot);
      if (busy.subnet !== undefined) this.#subnets.push(busy.subnet);
      for (const port of busy.hostPorts) {
        ours.add(port);
        this.#dynamicTaken.add(port);
      }
    }
    this.#strangers = snapshot.listening.filter((socket) => !ours.has(socket.port));
    for (const socket of this.#strangers) this.#dynamicTaken.add(socket.port);
  }

  /** What all slots but the one that asks use: what is left of it on this host must not speak against itself. */
  allocatedToOthers(asking: SlotId): Charge {
    const { cpu, memoryBytes, pids } = difference(this.#total, this.#charges.get(asking) ?? NOTHING);
    return { cpu: cpu / CPU_UNITS, memoryBytes, pids };
  }

  /** Charges a slot with its pod's resources and fixed ports; charging it again changes nothing. */
  charge(slot: SlotId, pod: Pod): void {
    if (this.#charges.has(slot)) return;
    const { cpu = 0, memoryBytes = 0, pids = 0 } = resourceRequest(pod);
    const charge = { cpu: Math.round(cpu * CPU_UNITS), memoryBytes, pids };
    this.#charges.set(slot, charge);
    this.#total = difference(this.#total, difference(NOTHING, charge));
    for (const container of pod.containers) this.#chargePorts(slot, container);
  }

  #chargePorts(slot: SlotId, container: Container): void {
    for (const { hostPort, protocol } of fixedPorts(container)) {
      const key = endpointKey(hostPort, protocol);
      if (!this.#hostPorts.has(key)) this.#hostPorts.set(key, slot);
      this.#dynamicTaken.add(hostPort);
    }
  }

  /** Who else has a fixed port that a slot asks for: another slot of ours, `another process`, or nobody. */
  otherHolder(asking: SlotId, endpoint: Endpoint): string | undefined {
    const slot = this.#hostPorts.get(endpointKey(endpoint.port, endpoint.protocol));
    if (slot !== undefined && slot !== asking) return slot;
    const stranger = this.#strangers.find((socket) => collides(socket, endpoint));
    return stranger === undefined ? undefined : 'another process';
  }

  /** Takes a free port of the dynamic range; where the search begins follows from the seed. */
  takePort(seed: string): number | undefined {
    const { from, to } = this.#snapshot.host.portRange;
    const count = to - from + 1;
    const start = Math.floor(fractionOf(seed) * count);
    for (let step = 0; step < count; step += 1) {
      const port = from + ((start + step) % count);
      if (!this.#dynamicTaken.has(port)) {
        this.#dynamicTaken.add(port);
        return port;
      }
    }
    return undefined;
  }

  /** Devices that other slots have, or were given in this run. */
  gpusOfOthers(asking: SlotId): readonly string[] {
    return [...this.#gpus].flatMap(([id, slot]) => (slot === asking ? [] : [id]));
  }

  /**
   * Takes devices that fit a request, of those that no other slot has and that are not `given` to other containers of this
   * one; undefined when there are too few.
   */
  takeGpus(slot: SlotId, request: GpuRequest, given: Iterable<string>): readonly string[] | undefined {
    const taken = [...this.gpusOfOthers(slot), ...given];
    const ids = assignGpus(request, usableGpus(this.#snapshot.host.facts.gpus), taken);
    this.keepGpus(slot, ids ?? []);
    return ids;
  }

  /** Enters devices as those of a slot. */
  keepGpus(slot: SlotId, ids: readonly string[]): void {
    for (const id of ids) this.#gpus.set(id, slot);
  }

  /** Takes a free subnet of the range for pod networks, large enough for so many containers. */
  takeSubnet(seed: string, containers: number): string | undefined {
    const { range, prefixLength } = this.#snapshot.host.podSubnets;
    const options = { range, prefixLength: Math.min(prefixLength, prefixFor(containers)) };
    const subnet = pickSubnet({ ...options, taken: this.#subnets, seed });
    if (subnet !== undefined) this.#subnets.push(subnet);
    return subnet;
  }

  /** True for the first slot of a pod that asks to be disturbed in this run. */
  takeTurn(slot: { readonly pod: string; readonly index: number }): boolean {
    const busyRelative = [...this.#snapshot.busy.keys()].some(
      (id) => id.startsWith(`${slot.pod}/`) && id !== slotIdOf(slot),
    );
    if (busyRelative || this.#disruptedPods.has(slot.pod)) return false;
    this.#disruptedPods.add(slot.pod);
    return true;
  }
}

interface Charge {
  /** Within the books billionths of a core, so that sums and differences are exact; outside cores. */
  readonly cpu: number;
  readonly memoryBytes: number;
  readonly pids: number;
}

const NOTHING: Charge = { cpu: 0, memoryBytes: 0, pids: 0 };

function difference(from: Charge, what: Charge): Charge {
  return {
    cpu: from.cpu - what.cpu,
    memoryBytes: from.memoryBytes - what.memoryBytes,
    pids: from.pids - what.pids,
  };
}

/** Besides the containers a subnet holds its own address, the broadcast address and the gateway. */
function prefixFor(containers: number): number {
  return 32 - Math.ceil(Math.log2(containers + 3));
}

/** Of a key such as `53/udp`. */
function protocolOf(key: string): PortProtocol {
  return key.endsWith('/udp') ? 'udp' : 'tcp';
}

function endpointKey(port: number, protocol: PortProtocol): string {
  return `${port}/${protocol}`;
}

const WILDCARDS = new Set(['0.0.0.0', '::', '']);

function collides(socket: Endpoint, wanted: Endpoint): boolean {
  if (socket.port !== wanted.port || socket.protocol !== wanted.protocol) return false;
  if (WILDCARDS.has(socket.address) || WILDCARDS.has(wanted.address)) return true;
  return socket.address === wanted.address;
}
