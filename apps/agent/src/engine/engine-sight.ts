import { isDeepStrictEqual } from 'node:util';

/** What remembering needs. */
export interface EngineSightOptions {
  /** Of the engine, as it was configured. */
  readonly address: string;
  /** Remembers across restarts of the agent. */
  readonly store: {
    read(name: string): Promise<unknown>;
    write(name: string, value: unknown): Promise<void>;
  };
}

/** In the state directory. */
const FILE = 'engine-sight.json';

/**
 * That processes of this engine's containers have been seen from here. Those of an engine on another machine, or in one of
 * its own, never are: that they are not there proves nothing.
 */
export class EngineSight {
  readonly #options: EngineSightOptions;
  #isRemembered = false;

  constructor(options: EngineSightOptions) {
    this.#options = options;
  }

  /** Whether an earlier run of this agent saw any. */
  async wasThere(): Promise<boolean> {
    const { store, address } = this.#options;
    return isDeepStrictEqual(await store.read(FILE), { address });
  }

  /** They were seen. Not being able to remember is no reason not to work. */
  async remember(): Promise<void> {
    if (this.#isRemembered) return;
    this.#isRemembered = true;
    const { store, address } = this.#options;
    if (!(await this.wasThere())) await store.write(FILE, { address }).catch(() => undefined);
  }
}
