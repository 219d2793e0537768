import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createCluster } from '@raftainer/cluster';
import { createConsul } from '@raftainer/consul';
import { eventually } from '@raftainer/testing';

import { CONSUL_PORT } from './consul-member.js';
import { freezerTree } from './control-group.js';
import { newFleetId } from './fleet-id.js';
import { withDefaults } from './fleet-options.js';
import { startParts } from './fleet-parts.js';
import { namespacesFolder, recordFleet, removeFleet, sweepFleets } from './fleet-record.js';
import { prepareNamespaces } from './mount-namespace.js';
import { FleetNetwork } from './network.js';
import { fleetObstacle } from './obstacle.js';

import type { Recorder } from '../recorder/recorder.js';
import type { Cluster } from '@raftainer/cluster';
import type { ConsulClient } from '@raftainer/consul';
import type { ConsulServers } from './consul-servers.js';
import type { FleetHost } from './fleet-host.js';
import type { FleetOptions } from './fleet-options.js';
import type { FleetParts } from './fleet-parts.js';
import type { FleetGround } from './machine.js';

const PRESENT_TIMEOUT_MS = 60_000;
const RUNNING_TIMEOUT_MS = 120_000;
const POLL_MS = 100;

/**
 * A cluster on one machine: hosts with an engine, a Consul client agent and a Raftainer agent each, and Consul servers of
 * their own, all on one private network. Everything about it can be broken and mended, and a recorder watches.
 */
export class Fleet {
  readonly hosts: readonly FleetHost[];
  readonly servers: ConsulServers;
  readonly recorder: Recorder;
  /** A Consul that no fault touches: the client agent of a machine that is no host. Its address is {@link desk}. */
  readonly consul: ConsulClient;
  readonly cluster: Cluster;
  /** Address at which Consul (port 8500) can be asked from this machine, whatever happens to hosts and servers. */
  readonly desk: string;
  readonly #ground: FleetGround;

  private constructor(parts: FleetParts) {
    this.hosts = parts.hosts;
    this.servers = parts.servers;
    this.recorder = parts.recorder;
    this.desk = parts.desk;
    this.#ground = parts.ground;
    this.consul = createConsul({ host: parts.desk, port: CONSUL_PORT });
    this.cluster = createCluster(this.consul);
  }

  /**
   * Makes a fleet and waits until every host is present in the cluster. What fleets without an owner left behind is
   * removed first; a fleet that cannot be made is removed again.
   *
   * @throws Error that says what is missing on this machine, or which part did not start, with the end of its log.
   */
  static async create(options: FleetOptions = {}): Promise<Fleet> {
    const obstacle = fleetObstacle();
    if (obstacle !== undefined) throw new Error(`No fleet can be made here: ${obstacle}.`);
    const wanted = withDefaults(options);
    for (const id of await sweepFleets()) wanted.log(`Removed what the fleet ${id} had left behind.`);
    const id = newFleetId();
    const folder = join(tmpdir(), `raftainer-fleet-${id.id}`);
    recordFleet(id, folder);
    try {
      const tree = freezerTree();
      if (tree === undefined) throw new Error('The freezer of the control groups has gone.');
      mkdirSync(folder, { recursive: true });
      await prepareNamespaces(namespacesFolder(folder));
      const ground = { id, folder, tree, network: await FleetNetwork.create(id) };
      const fleet = new Fleet(await startParts(ground, wanted));
      await fleet.untilPresent();
      return fleet;
    } catch (error: unknown) {
      await removeFleet(id, folder);
      throw error;
    }
  }

  /** Folder with the data and the logs of all machines. */
  get folder(): string {
    return this.#ground.folder;
  }

  /** A host by its name, such as `host-1`. @throws Error when there is none. */
  host(name: string): FleetHost {
    const found = this.hosts.find((host) => host.name === name);
    if (found !== undefined) return found;
    throw new Error(`There is no ${name}; there are ${this.hosts.map((host) => host.name).join(', ')}.`);
  }

  /** Stores a pod definition, new or changed. */
  async apply(definition: { readonly name: string; readonly [field: string]: unknown }): Promise<void> {
    await this.cluster.pods.put(definition.name, definition);
  }

  /** Removes a pod's definition. */
  async remove(pod: string): Promise<void> {
    await this.cluster.pods.remove(pod);
  }

  /** The host that holds a slot at the moment; undefined when nobody does. */
  async holder(pod: string, index = 0): Promise<FleetHost | undefined> {
    const claim = await this.cluster.claims.get(pod, index);
    if (claim?.session === undefined || claim.info === undefined) return undefined;
    return this.host(claim.info.host);
  }

  /** Waits until so many slots of a pod are published as running by their holders; gives these, by index. */
  async untilRunning(pod: string, instances = 1): Promise<readonly FleetHost[]> {
    const indexes = Array.from({ length: instances }, (_, index) => index);
    const attempt = async (): Promise<readonly FleetHost[]> =>
      Promise.all(indexes.map((index) => this.#runningHolder(pod, index)));
    return eventually(attempt, { timeoutMs: RUNNING_TIMEOUT_MS, intervalMs: POLL_MS });
  }

  /**
   * Waits until a slot runs on another host, and gives that. What a host that has just died had published still stands:
   * {@link untilRunning} would be content with it.
   */
  async untilMoved(from: FleetHost, pod: string, index = 0): Promise<FleetHost> {
    const attempt = async (): Promise<FleetHost | false> => {
      const holder = await this.#runningHolder(pod, index);
      return holder !== from && holder;
    };
    return eventually(attempt, { timeoutMs: RUNNING_TIMEOUT_MS, intervalMs: POLL_MS });
  }

  /** Waits until all hosts, or those given, are present in the cluster. */
  async untilPresent(hosts: readonly FleetHost[] = this.hosts): Promise<void> {
    await eventually(
      async () => {
        const records = await this.cluster.hosts.list();
        const present = records.filter(({ session }) => session !== undefined).map(({ host }) => host);
        const missing = hosts.find(({ name }) => !present.includes(name));
        if (missing === undefined) return;
        throw new Error(`${missing.name} is not present. Its log ends:\n${await missing.agent.logTail()}`);
      },
      { timeoutMs: PRESENT_TIMEOUT_MS, intervalMs: POLL_MS },
    );
  }

  /** Ends everything at once and removes it: nothing of the fleet is left on this machine. */
  async close(): Promise<void> {
    this.recorder.close();
    this.consul.close();
    for (const { agent, consul, docker } of this.hosts) {
      agent.supervise(false);
      consul.supervise(false);
      docker.close();
    }
    await removeFleet(this.#ground.id, this.#ground.folder);
  }

  async #runningHolder(pod: string, index: number): Promise<FleetHost> {
    const holder = await this.holder(pod, index);
    const records = await this.cluster.statuses.listFor(pod);
    const status = records.find((record) => record.index === index)?.status;
    const runs = status?.phase === 'running' || status?.phase === 'healthy';
    // The status of a holder that is gone stays until the next one writes its own.
    if (holder !== undefined && runs && status.host === holder.name) return holder;
    throw new Error(`${pod}/${index} of ${holder?.name ?? 'nobody'} is ${JSON.stringify(status)}.`);
  }
}
