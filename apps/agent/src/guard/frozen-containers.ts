import { Freezer } from './freezer.js';

import type { EngineCalls } from './engine-calls.js';
import type { FencedProcesses } from './fenced-processes.js';

/** What freezing needs. */
export interface FrozenContainersOptions {
  readonly engine: Pick<EngineCalls, 'isPaused'>;
  readonly processes: FencedProcesses;
  readonly onThaw: (container: string) => void;
}

const ENGINE_TIMEOUT_MS = 400;

/**
 * The containers that stand still because their claims could not be proven. Agent and guards freeze and thaw the same ones;
 * what one of them has frozen, another thaws when that one has died. What somebody has paused through the engine stays so.
 */
export class FrozenContainers {
  readonly #options: FrozenContainersOptions;
  /** Which are ours to thaw. */
  readonly #ours = new Map<string, Freezer>();
  /** Of which the engine is being asked who has frozen them. */
  readonly #asking = new Set<string>();

  constructor(options: FrozenContainersOptions) {
    this.#options = options;
  }

  get ids(): readonly string[] {
    return [...this.#ours.keys()];
  }

  /** Freezes it. False when it cannot be frozen: it has to be stopped. */
  freeze(id: string): boolean {
    if (this.#ours.has(id)) return true;
    const freezer = this.#freezerOf(id);
    if (freezer === undefined) return false;
    if (freezer.isFrozen) {
      void this.#adopt(id, freezer);
      return true;
    }
    try {
      freezer.freeze();
    } catch {
      return false; // Ended just now, or not allowed.
    }
    this.#ours.set(id, freezer);
    return true;
  }

  /** Looks whether a container stands still that another one of us has frozen, who may be dead by now. */
  find(id: string): void {
    const freezer = this.#ours.has(id) ? undefined : this.#freezerOf(id);
    if (freezer?.isFrozen === true) void this.#adopt(id, freezer);
  }

  /** Lets those go on that are ours. */
  thaw(ids: readonly string[]): void {
    for (const id of ids) {
      const freezer = this.#ours.get(id);
      this.#ours.delete(id);
      if (freezer?.isFrozen !== true) continue; // Another one of us was faster.
      try {
        freezer.thaw();
        this.#options.onThaw(id);
      } catch {
        // It is gone.
      }
    }
  }

  /** Kills everything in it where it stands, whoever has frozen it. False when there is nothing to be killed like this. */
  kill(id: string): boolean {
    const freezer = this.#ours.get(id) ?? this.#freezerOf(id);
    this.#ours.delete(id);
    if (freezer?.isFrozen !== true) return false;
    try {
      freezer.kill();
      return true;
    } catch {
      return false;
    }
  }

  forget(id: string): void {
    this.#ours.delete(id);
  }

  #freezerOf(id: string): Freezer | undefined {
    const pid = this.#options.processes.pidOf(id);
    return pid === undefined ? undefined : Freezer.of(id, pid);
  }

  /** Only the engine knows whether somebody has paused it; while it does not answer the container stays as it is. */
  async #adopt(id: string, freezer: Freezer): Promise<void> {
    if (this.#asking.has(id)) return;
    this.#asking.add(id);
    const isPaused = await this.#options.engine.isPaused(id, ENGINE_TIMEOUT_MS).catch(() => undefined);
    this.#asking.delete(id);
    if (isPaused === false && freezer.isFrozen) this.#ours.set(id, freezer);
  }
}
