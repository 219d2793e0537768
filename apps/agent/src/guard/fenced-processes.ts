import { identify, isAlive, killProcess, processesOf } from './process-identity.js';

import type { ProcessIdentity } from './process-identity.js';

/** The containers' own processes: what counts when the engine does not answer, or has forgotten. */
export class FencedProcesses {
  readonly #known = new Map<string, ProcessIdentity>();

  /** The containers of which the main process is known. */
  get ids(): readonly string[] {
    return [...this.#known.keys()];
  }

  /** The engine says that this is the main process of a container. */
  learn(container: string, pid: number): void {
    const identity = identify(pid);
    if (identity !== undefined) this.#known.set(container, identity);
  }

  forget(container: string): void {
    this.#known.delete(container);
  }

  /** Looks for processes of those containers of which none is known to live. */
  find(containers: readonly string[]): void {
    const unknown = new Set(containers.filter((id) => this.isAlive(id) !== true));
    for (const [id, [first]] of processesOf(unknown)) if (first !== undefined) this.#known.set(id, first);
  }

  /** Undefined: nobody can tell. */
  isAlive(container: string): boolean | undefined {
    const known = this.#known.get(container);
    return known === undefined ? undefined : isAlive(known);
  }

  kill(container: string): void {
    const known = this.#known.get(container);
    if (known !== undefined) killProcess(known);
  }
}
