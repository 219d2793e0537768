import { consulDaemon, untilLed } from './consul-member.js';
import { FleetEngine } from './engine.js';
import { Machine } from './machine.js';
import { GUARD_NAMES } from '../../apps/agent/src/guard/protocol.js';
import { Guard } from './guard.js';
import { agentDaemon, agentProgram, stateFolder } from './raftainer-agent.js';

import type { Docker } from '@raftainer/docker';
import type { Gossip } from './consul-member.js';
import type { Daemon } from './daemon.js';
import type { EngineOptions } from './engine.js';
import type { FleetGround } from './machine.js';
import type { AgentOptions } from './raftainer-agent.js';

/** What every host of a fleet runs. */
export interface FleetHostOptions extends EngineOptions {
  readonly ground: FleetGround;
  /** 1 for `host-1`; also the last number of its address. */
  readonly number: number;
  /** Path of the program. */
  readonly consulBinary: string;
  /** Addresses of the Consul servers. */
  readonly servers: readonly string[];
  readonly gossip: Gossip;
  readonly agent: AgentOptions;
  /** Makes the images in an engine that has just been started for the first time. */
  readonly loadImages: (dockerHost: string) => Promise<void>;
  /** Told of every freeze and thaw of a whole host. */
  readonly onFreeze: (change: FreezeChange) => void;
}

/** A host was frozen or thawed; `atMs` is never within the time in which it could still, or again, execute. */
export interface FreezeChange {
  readonly kind: 'frozen' | 'thawed';
  readonly host: string;
  readonly atMs: number;
}

/** A host: Docker engine, Consul client agent and Raftainer agent, and everything that can happen to them. */
export class FleetHost {
  readonly name: string;
  readonly machine: Machine;
  readonly engine: FleetEngine;
  /** The Raftainer agent. */
  readonly agent: Daemon;
  /** The processes that the agent leaves to watch it. */
  readonly guards: readonly Guard[];
  /** The Consul client agent. */
  readonly consul: Daemon;
  readonly #options: FleetHostOptions;
  #agentOptions: AgentOptions;
  #hasImages = false;
  #supervised = false;

  private constructor(machine: Machine, options: FleetHostOptions) {
    this.name = machine.name;
    this.machine = machine;
    this.#options = options;
    const { consulBinary: binary, servers, gossip } = options;
    this.engine = new FleetEngine(machine, options);
    this.consul = consulDaemon(machine, { binary, servers, gossip, role: 'client' });
    this.#agentOptions = options.agent;
    this.agent = agentDaemon({ machine, dockerHost: this.engine.host }, options.agent);
    this.guards = GUARD_NAMES.map((name) => new Guard(machine, name));
  }

  /** A host with power, on which nothing runs yet: {@link boot} starts it. */
  static async create(options: FleetHostOptions): Promise<FleetHost> {
    const { ground, number } = options;
    const machine = new Machine({ ground, name: `host-${number}`, number });
    await machine.switchOn();
    return new FleetHost(machine, options);
  }

  get address(): string {
    return this.machine.address;
  }

  /** A client of its engine. */
  get docker(): Docker {
    return this.engine.docker;
  }

  /** The agent's state directory. */
  get stateFolder(): string {
    return stateFolder(this.machine);
  }

  /** How the agent is run from its next start on. */
  get agentOptions(): AgentOptions {
    return this.#agentOptions;
  }

  /** Another version of the agent, or other variables: its next start runs them. */
  installAgent(options: AgentOptions): void {
    this.#agentOptions = options;
    this.agent.become(agentProgram({ machine: this.machine, dockerHost: this.engine.host }, options));
  }

  /** Gives it power when it has none, and starts Consul, engine and agent with the data that they had. */
  async boot(): Promise<void> {
    if (!this.machine.on) await this.machine.switchOn();
    await Promise.all([this.startConsul(), this.engine.start()]);
    this.agent.supervise(this.#supervised || this.agent.supervised);
    this.agent.start();
    if (!this.#hasImages) await this.#options.loadImages(this.engine.host);
    this.#hasImages = true;
  }

  /** Starts the Consul client agent, and waits until it knows a leader. */
  async startConsul(): Promise<void> {
    this.consul.start();
    await untilLed(this.address, this.consul);
  }

  /** Everything ends at one moment, and nobody is told. {@link boot} is the way back; a supervisor is there again then. */
  async powerOff(): Promise<void> {
    this.#supervised = this.agent.supervised;
    this.agent.supervise(false);
    await this.machine.switchOff();
    await Promise.all([this.agent.exited(), this.consul.exited(), this.engine.exited()]);
    // It may have been frozen, and what boots is not.
    this.#options.onFreeze({ kind: 'thawed', host: this.name, atMs: Date.now() });
    this.engine.forget();
  }

  /** Pulls the cable; within the host everything goes on. */
  async cut(): Promise<void> {
    await this.machine.cut();
  }

  async mend(): Promise<void> {
    await this.machine.mend();
  }

  /** Everything stands still, containers too, until {@link thaw}. */
  async freeze(): Promise<void> {
    await this.machine.group.freeze();
    this.#options.onFreeze({ kind: 'frozen', host: this.name, atMs: Date.now() });
  }

  thaw(): void {
    this.#options.onFreeze({ kind: 'thawed', host: this.name, atMs: Date.now() });
    this.machine.group.thaw();
  }

  /** The agent and so many of its guards at one moment: none can act on the other's death. */
  async killAgentAndGuards(count: number): Promise<void> {
    this.agent.freeze();
    for (const guard of this.guards.slice(0, count)) guard.kill();
    await this.agent.kill();
  }
}
