import { join } from 'node:path';

import { groupsIn, processesIn } from '../harness/control-group.js';
import { isRuntime, startedAtMs } from '../harness/process-stat.js';
import { identityOf, labelsOnDisk } from './container-identity.js';

import type { ContainerObservation, ObservedContainer } from './observation.js';

/** A host whose containers are watched. */
export interface WatchedHost {
  readonly name: string;
  /** Has a control group for each container that runs, named after its id. */
  readonly containersFolder: string;
  /** The engine's data. */
  readonly engineFolder: string;
}

/**
 * Sees containers begin and end by the processes in their control groups. It asks no engine, so an engine that is killed,
 * frozen or lying does not blind it; what it sees of an end is late by the time between two looks. A container begins when
 * its program does: before that the runtime prepares it, in a process of its own, and nothing of the image executes.
 */
export class KernelWatch {
  readonly #host: WatchedHost;
  readonly #tell: (observation: ContainerObservation) => void;
  readonly #alive = new Map<string, ObservedContainer>();
  /** Containers that run, but are none of ours. */
  readonly #strangers = new Set<string>();
  /** When the last look began: what runs now, and did not then, has begun since. */
  #lookedAtMs = 0;

  constructor(host: WatchedHost, tell: (observation: ContainerObservation) => void) {
    this.#host = host;
    this.#tell = tell;
  }

  /** Looks once. */
  look(): void {
    const { containersFolder } = this.#host;
    const beganMs = Date.now();
    const running = new Set<string>();
    for (const id of groupsIn(containersFolder)) {
      const isKnown = this.#alive.has(id) || this.#strangers.has(id);
      const all = processesIn(join(containersFolder, id));
      const processes = isKnown ? all : all.filter((pid) => !isRuntime(pid));
      if (processes.length === 0) continue;
      running.add(id);
      if (!isKnown) this.#begin(id, processes);
    }
    const atMs = Date.now();
    this.#lookedAtMs = beganMs;
    for (const [id, container] of this.#alive) {
      if (running.has(id)) continue;
      this.#alive.delete(id);
      this.#tell({ kind: 'gone', atMs, container });
    }
    for (const id of this.#strangers) if (!running.has(id)) this.#strangers.delete(id);
  }

  #begin(id: string, processes: readonly number[]): void {
    const labels = labelsOnDisk(this.#host.engineFolder, id);
    if (labels === undefined) return; // Not written yet: the next look tells.
    const container = identityOf({ id, host: this.#host.name }, labels);
    if (container === undefined) {
      this.#strangers.add(id);
      return;
    }
    const began = processes.map(startedAtMs).filter((atMs) => atMs !== undefined);
    this.#alive.set(id, container);
    // A process is as old as the runtime that became it; at the last look it was no program yet.
    const atMs = Math.max(this.#lookedAtMs, Math.min(Date.now(), ...began));
    this.#tell({ kind: 'seen', atMs, container });
  }
}
