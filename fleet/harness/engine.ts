import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { createDocker } from '@raftainer/docker';
import { eventually } from '@raftainer/testing';

import { neutralEnvironment } from './environment.js';

import type { Docker } from '@raftainer/docker';
import type { Daemon } from './daemon.js';
import type { Machine } from './machine.js';

/** How the engines of a fleet are configured. */
export interface EngineOptions {
  /** Containers outlive their engine. Default false, as is Docker's. */
  readonly liveRestore?: boolean;
}

const READY_TIMEOUT_MS = 90_000;

/** A host's Docker engine. Its containers are in the host's control group, whatever becomes of the engine. */
export class FleetEngine {
  /** For `DOCKER_HOST`. */
  readonly host: string;
  /** A client of this engine. */
  readonly docker: Docker;
  readonly #machine: Machine;
  readonly #daemon: Daemon;

  constructor(machine: Machine, { liveRestore = false }: EngineOptions = {}) {
    this.#machine = machine;
    this.host = `unix://${join(machine.folder, 'docker.sock')}`;
    this.docker = createDocker({ host: this.host });
    const command = [
      ...['dockerd', '--host', this.host, '--data-root', this.dataFolder],
      ...['--exec-root', this.#runFolder, '--pidfile', this.#pidFile],
      ...['--cgroup-parent', machine.group.containers, '--exec-opt', 'native.cgroupdriver=cgroupfs'],
      ...['--shutdown-timeout', '1', ...(liveRestore ? ['--live-restore'] : [])],
    ];
    this.#daemon = machine.daemon('engine', command, neutralEnvironment());
  }

  /** Its `--data-root`. */
  get dataFolder(): string {
    return join(this.#machine.folder, 'docker');
  }

  get running(): boolean {
    return this.#daemon.running;
  }

  get pid(): number | undefined {
    return this.#daemon.pid;
  }

  get logFile(): string {
    return this.#daemon.logFile;
  }

  /** Starts it, and waits until it answers. */
  async start(): Promise<void> {
    // Left by a kill; another process may have the number by now.
    rmSync(this.#pidFile, { force: true });
    rmSync(join(this.#runFolder, 'containerd', 'containerd.pid'), { force: true });
    this.#daemon.start();
    try {
      await eventually(() => this.#answers(), {
        timeoutMs: READY_TIMEOUT_MS,
        intervalMs: 100,
      });
    } catch (error: unknown) {
      const log = await this.#daemon.logTail();
      throw new Error(`The engine of ${this.#machine.name} does not answer. Its log ends:\n${log}`, {
        cause: error,
      });
    }
  }

  /** Ends it gracefully. Its containers end with it unless `liveRestore` is set. */
  async stop(): Promise<void> {
    await this.#daemon.end('SIGTERM');
  }

  /** Kills the daemon alone: its containers run on, and nobody tells of their end. */
  async kill(): Promise<void> {
    await this.#daemon.kill();
  }

  /** Waits until the daemon has ended. */
  async exited(): Promise<void> {
    await this.#daemon.exited();
  }

  /** Stops the daemon where it is (SIGSTOP): it answers nobody. Its containers run on. */
  freeze(): void {
    this.#daemon.freeze();
  }

  thaw(): void {
    this.#daemon.thaw();
  }

  /** What a reboot clears: sockets, pid files, the state of running containers. */
  forget(): void {
    rmSync(this.#runFolder, { recursive: true, force: true });
  }

  /**
   * Engines of version 20 end in a panic, time and again, when they lost power while they made a network: their record
   * of it is half written. What helps is what an operator does: without the records they start, and know no networks.
   */
  async #answers(): Promise<void> {
    if (!this.#daemon.running) {
      if ((await this.#daemon.logTail(4_000)).includes('reservePools'))
        rmSync(join(this.dataFolder, 'network'), { recursive: true, force: true });
      this.#daemon.start();
    }
    await this.docker.ping({ timeoutMs: 2_000 });
  }

  get #runFolder(): string {
    return join(this.#machine.folder, 'run');
  }

  get #pidFile(): string {
    return join(this.#machine.folder, 'docker.pid');
  }
}
