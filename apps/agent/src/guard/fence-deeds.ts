import { KILL_MARGIN_MS } from '../lease/lease-terms.js';
import { FencedProcesses } from './fenced-processes.js';
import { FrozenContainers } from './frozen-containers.js';

import type { EngineCalls } from './engine-calls.js';

/** What doing needs. */
export interface FenceDeedsOptions {
  readonly engine: EngineCalls;
  /** Whether containers are frozen first, to go on when a proof comes in time. Default: no, they are stopped. */
  readonly freeze?: boolean;
  readonly onFence: (event: FenceEvent) => void;
}

/** How long the time of a container has been over, and how long it has from then on until it must be gone. */
export interface TimeToEnd {
  readonly overSinceMs: number;
  readonly stopTimeoutMs: number;
}

/** Something that happened to a container because its claim could not be proven, or can be again. */
export interface FenceEvent {
  readonly container: string;
  readonly action: 'freezing' | 'thawing' | 'stopping' | 'killing';
}

/** The same in words. */
export const FENCE_WORDS: Readonly<Record<FenceEvent['action'], string>> = {
  freezing: 'The claim of a container cannot be proven: it is frozen until it can, or killed',
  thawing: 'The claim of a frozen container is proven: it goes on',
  stopping: 'The claim of a container cannot be proven: it is stopped',
  killing: 'The claim of a container cannot be proven: it is killed',
};

/** An engine that is slower than this is taken for dead, and the processes are what counts. */
export const ENGINE_TIMEOUT_MS = 400;
/** What stands still executes nothing: it only has to be gone by the time when another one may start. */
const FROZEN_KILL_MARGIN_MS = 250;

/** What is done to containers whose time is over, each thing once. */
export class FenceDeeds {
  readonly #options: FenceDeedsOptions;
  /** Whether containers are frozen first. */
  freezes: boolean;
  readonly #processes = new FencedProcesses();
  readonly #frozen: FrozenContainers;
  readonly #freezing = new Set<string>();
  readonly #stopping = new Set<string>();
  readonly #killing = new Set<string>();
  /** Whose process is being asked for. */
  readonly #learning = new Set<string>();

  constructor(options: FenceDeedsOptions) {
    this.#options = options;
    this.freezes = options.freeze === true;
    this.#frozen = new FrozenContainers({
      engine: options.engine,
      processes: this.#processes,
      onThaw: (id) => {
        this.#tell(id, 'thawing');
      },
    });
  }

  /** The containers of which processes are known. */
  get learnt(): readonly string[] {
    return this.#processes.ids;
  }

  /** The containers that stand still, and are ours to thaw. */
  get frozen(): readonly string[] {
    return this.#frozen.ids;
  }

  /** Undefined: nobody can tell. */
  isAlive(id: string): boolean | undefined {
    return this.#processes.isAlive(id);
  }

  /** Looks for the processes of these containers where none is known to live. */
  find(ids: readonly string[]): void {
    this.#processes.find(ids);
  }

  /** It had its time to end by itself, or stood still for as long as nobody else could have started it. */
  isOverdue(id: string, { overSinceMs, stopTimeoutMs }: TimeToEnd): boolean {
    const marginMs = this.#freezing.has(id) ? FROZEN_KILL_MARGIN_MS : KILL_MARGIN_MS;
    return overSinceMs >= stopTimeoutMs - marginMs;
  }

  /** False: it goes on, and has to be stopped. */
  freeze(id: string): boolean {
    if (!this.freezes || this.#stopping.has(id) || !this.#frozen.freeze(id)) return false;
    if (!this.#freezing.has(id)) this.#tell(id, 'freezing');
    this.#freezing.add(id);
    return true;
  }

  thaw(ids: readonly string[]): void {
    this.#frozen.thaw(ids);
    for (const id of ids) this.#freezing.delete(id);
  }

  /** Has it stopped by its own signal, as long as there is time for it. */
  stop(id: string, { overSinceMs, stopTimeoutMs }: TimeToEnd): void {
    if (this.#stopping.has(id)) return;
    this.#stopping.add(id);
    this.#tell(id, 'stopping');
    const { engine } = this.#options;
    const graceSeconds = Math.max(0, Math.floor((stopTimeoutMs - KILL_MARGIN_MS - overSinceMs) / 1_000));
    engine.stop(id, graceSeconds, stopTimeoutMs).catch(() => undefined);
  }

  /** Kills its processes. A signal waits while a process is frozen, by us or by whoever has paused the container. */
  kill(id: string): void {
    if (!this.#killing.has(id)) this.#tell(id, 'killing');
    this.#killing.add(id);
    if (!this.#frozen.kill(id)) this.#processes.kill(id);
  }

  /** The same through the engine, where no process of it is known. */
  killByEngine(id: string): void {
    this.#options.engine.kill(id, ENGINE_TIMEOUT_MS).catch(() => undefined);
  }

  forget(id: string): void {
    this.#processes.forget(id);
    this.#frozen.forget(id);
    for (const deeds of [this.#freezing, this.#stopping, this.#killing]) deeds.delete(id);
  }

  /** Learns the process of what runs, and whether one of us has frozen it who may be dead by now. */
  async learn(id: string): Promise<void> {
    if (!this.learnt.includes(id) && !this.#learning.has(id)) {
      this.#learning.add(id);
      const pid = await this.#options.engine.pidOf(id, ENGINE_TIMEOUT_MS).catch(() => undefined);
      this.#learning.delete(id);
      if (pid !== undefined) this.#processes.learn(id, pid);
    }
    this.#frozen.find(id);
  }

  #tell(container: string, action: FenceEvent['action']): void {
    this.#options.onFence({ container, action });
  }
}
