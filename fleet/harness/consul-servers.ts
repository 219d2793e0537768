import { setTimeout as sleep } from 'node:timers/promises';

import { consulDaemon, leaderSeenBy, untilLed } from './consul-member.js';
import { Machine } from './machine.js';

import type { Gossip } from './consul-member.js';
import type { Daemon } from './daemon.js';
import type { FleetGround } from './machine.js';

/** A Consul server and the machine that it has for itself. */
export interface ConsulServer {
  readonly machine: Machine;
  readonly consul: Daemon;
}

/** Servers have the addresses from here on. */
const FIRST_NUMBER = 201;
const LEADER_TIMEOUT_MS = 30_000;

/** The Consul servers of a fleet, on machines of their own: hosts can be killed without touching the quorum. */
export class ConsulServers {
  /** In the order of their names: `server-1` and so on. */
  readonly all: readonly ConsulServer[];

  private constructor(all: readonly ConsulServer[]) {
    this.all = all;
  }

  /** Starts them; does not wait for a leader. */
  static async start(
    ground: FleetGround,
    options: { readonly count: number; readonly binary: string; readonly gossip: Gossip },
  ): Promise<ConsulServers> {
    const { count, binary, gossip } = options;
    const machines = Array.from(
      { length: count },
      (_, index) => new Machine({ ground, name: `server-${index + 1}`, number: FIRST_NUMBER + index }),
    );
    const servers = machines.map(({ address }) => address);
    await Promise.all(machines.map((machine) => machine.switchOn()));
    const all = machines.map((machine) => ({
      machine,
      consul: consulDaemon(machine, { binary, gossip, servers, role: 'server' }),
    }));
    const group = new ConsulServers(all);
    for (const { consul } of all) consul.start();
    return group;
  }

  get addresses(): readonly string[] {
    return this.all.map(({ machine }) => machine.address);
  }

  /**
   * The leader, as the servers that run know it.
   *
   * @throws Error when they have none for 30 s.
   */
  async leader(): Promise<ConsulServer> {
    const deadline = performance.now() + LEADER_TIMEOUT_MS;
    for (;;) {
      const running = this.all.filter(({ consul }) => consul.running);
      const seen = await Promise.all(running.map(({ machine }) => leaderSeenBy(machine.address)));
      const leader = running.find(({ machine }) => seen.includes(machine.address));
      if (leader !== undefined) return leader;
      if (performance.now() > deadline)
        throw new Error(`The Consul servers have no leader after ${LEADER_TIMEOUT_MS / 1000} s.`);
      await sleep(100);
    }
  }

  /** Kills the leader; gives the server that it was. */
  async killLeader(): Promise<ConsulServer> {
    const leader = await this.leader();
    await leader.consul.kill();
    return leader;
  }

  /** Kills all of them at once. */
  async killAll(): Promise<void> {
    await Promise.all(this.all.map(({ consul }) => consul.kill()));
  }

  /** Starts those that do not run, with the data that they had, and waits until all of them know a leader. */
  async startAll(): Promise<void> {
    for (const { consul } of this.all) consul.start();
    await this.untilLed();
  }

  /** Waits until every server that runs knows a leader. */
  async untilLed(): Promise<void> {
    const running = this.all.filter(({ consul }) => consul.running);
    await Promise.all(running.map(({ machine, consul }) => untilLed(machine.address, consul)));
  }
}
