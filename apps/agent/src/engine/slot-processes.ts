import { isRunning } from '@raftainer/planner';
import { slotIdOf } from '@raftainer/pod-spec';

import { FencedProcesses } from '../guard/fenced-processes.js';
import { livingContainers, seesAllProcesses } from '../guard/process-identity.js';

import type { SlotLife } from './without-engine.js';
import type { Snapshot } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';

/** A look goes through all processes of the host: not in every cycle of a burst of starts. */
const LOOK_EVERY_MS = 5_000;

/**
 * What is known of the slots' containers without the engine: their ids from when it last answered, and their processes,
 * which the kernel tells. That a process is not seen proves something only where processes of containers can be seen at
 * all: an agent in a container of its own may have another `/proc`.
 */
export class SlotProcesses {
  readonly #clock: () => number;
  readonly #processes = new FencedProcesses();
  /** Undefined: this agent has never seen what is here. */
  #bySlot: ReadonlyMap<SlotId, readonly string[]> | undefined;
  /** What an earlier run of this agent published: the first digits of the containers' ids. */
  #recalled: ReadonlyMap<SlotId, readonly string[]> | undefined;
  /** Were running when the engine last answered. */
  #running: ReadonlySet<string> = new Set();
  /** Starts that no observation has shown yet: the containers by slot. */
  readonly #starting = new Map<SlotId, Set<string>>();
  #canSee = false;
  #lookedAt = -Infinity;

  constructor({ clock }: { readonly clock: () => number }) {
    this.#clock = clock;
  }

  /** The engine is about to be asked to start a container; its id, where that is known. */
  starts(id: SlotId, container: string | undefined): void {
    const known = this.#starting.get(id) ?? new Set();
    if (container !== undefined) known.add(container);
    this.#starting.set(id, known);
  }

  /** The engine answered, and this is what it had. */
  saw({ containers, busy }: Pick<Snapshot, 'containers' | 'busy'>): void {
    const bySlot = new Map<SlotId, string[]>();
    for (const { slot, id } of containers) {
      const slotId = slotIdOf(slot);
      bySlot.set(slotId, [...(bySlot.get(slotId) ?? []), id]);
    }
    this.#bySlot = bySlot;
    this.#running = new Set(containers.filter(isRunning).map(({ id }) => id));
    // Work that was under way when the look began may have asked for a start after it.
    for (const id of [...this.#starting.keys()]) if (!busy.has(id)) this.#starting.delete(id);
    const known = new Set(containers.map(({ id }) => id));
    for (const id of this.#processes.ids) if (!known.has(id)) this.#processes.forget(id);
    this.#learn();
  }

  /** Whether processes of this engine's containers have been seen from here. */
  get canSee(): boolean {
    return this.#canSee;
  }

  /** Nothing is known of what is here, neither by a look of this agent nor by what another run published. */
  get isBlank(): boolean {
    return this.#bySlot === undefined && this.#recalled === undefined;
  }

  /** What an earlier run published, for an agent that was started while the engine was down already. */
  recall(containers: ReadonlyMap<SlotId, readonly string[]>): void {
    this.#recalled = containers;
  }

  /** Whether the engine was asked to start something of the slot, and nobody has seen what came of it. */
  isStarting(id: SlotId): boolean {
    return this.#starting.has(id);
  }

  /** Looks for processes of these slots now. */
  livesOf(ids: readonly SlotId[]): ReadonlyMap<SlotId, SlotLife> {
    if (this.#bySlot === undefined) return this.#recalledLives(ids);
    this.#processes.find(ids.flatMap((id) => this.#containersOf(id)));
    return new Map(ids.map((id) => [id, this.#lifeOf(id)]));
  }

  #recalledLives(ids: readonly SlotId[]): ReadonlyMap<SlotId, SlotLife> {
    const living = seesAllProcesses() ? [...livingContainers()] : undefined;
    const lifeOf = (id: SlotId): SlotLife => {
      const known = this.#recalled?.get(id);
      if (known === undefined || living === undefined) return 'unknown';
      return known.some((start) => living.some((container) => container.startsWith(start)))
        ? 'alive'
        : 'dead';
    };
    return new Map(ids.map((id) => [id, lifeOf(id)]));
  }

  #lifeOf(id: SlotId): SlotLife {
    const containers = this.#containersOf(id);
    if (containers.some((container) => this.#processes.isAlive(container) === true)) return 'alive';
    const mayRun = this.#starting.has(id) || containers.some((container) => this.#running.has(container));
    return mayRun && !this.#canSee ? 'unknown' : 'dead';
  }

  #containersOf(id: SlotId): readonly string[] {
    return [...(this.#bySlot?.get(id) ?? []), ...(this.#starting.get(id) ?? [])];
  }

  /** Learns the processes of what runs while the engine vouches for it. */
  #learn(): void {
    const seen = new Set(this.#processes.ids);
    const unseen = [...this.#running].filter((id) => !seen.has(id));
    const now = this.#clock();
    if (unseen.length === 0 || now - this.#lookedAt < LOOK_EVERY_MS) return;
    this.#lookedAt = now;
    this.#processes.find(unseen);
    this.#canSee ||= unseen.some((id) => this.#processes.isAlive(id) === true);
  }
}
