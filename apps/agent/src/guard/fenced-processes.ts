import { containerOf, identify, isAlive, killProcess, processesOf } from './process-identity.js';

import type { ProcessIdentity } from './process-identity.js';

/** The containers' own processes: what counts when the engine does not answer, or has forgotten. */
export class FencedProcesses {
  readonly #known = new Map<string, readonly ProcessIdentity[]>();

  /** The containers of which processes are known. */
  get ids(): readonly string[] {
    return [...this.#known.keys()];
  }

  /** The engine says that this is the main process of a container. One on another machine may have the number of a stranger's. */
  learn(container: string, pid: number): void {
    const identity = containerOf(pid) === container ? identify(pid) : undefined;
    if (identity !== undefined) this.#known.set(container, [identity]);
  }

  forget(container: string): void {
    this.#known.delete(container);
  }

  /**
   * Looks for processes of those containers of which none is known to live. All of them count: which one is the main
   * process cannot be told by its number, because numbers begin anew when they are used up.
   */
  find(containers: readonly string[]): void {
    const unknown = new Set(containers.filter((id) => this.isAlive(id) !== true));
    for (const [id, found] of processesOf(unknown)) this.#known.set(id, found);
  }

  /** One of its processes; undefined when none is known to live. */
  pidOf(container: string): number | undefined {
    return this.#known.get(container)?.find(isAlive)?.pid;
  }

  /** Undefined: nobody can tell. */
  isAlive(container: string): boolean | undefined {
    return this.#known.get(container)?.some(isAlive);
  }

  kill(container: string): void {
    for (const known of this.#known.get(container) ?? []) killProcess(known);
  }
}
