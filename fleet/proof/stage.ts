import { testImage } from '@raftainer/testing';

import { Fleet } from '../harness/fleet.js';
import { untilConverged } from './audit.js';
import { overlapsOf } from './overlaps.js';
import { EXCLUSIVE, everyKind, SHARED } from './pods.js';

import type { FleetOptions } from '../harness/fleet-options.js';
import type { FleetHost } from '../harness/fleet-host.js';
import type { Overlap } from './overlaps.js';
import type { Life } from '../recorder/lives.js';

/** A fleet that runs one pod of each kind, for faults to be played on. */
export class Stage {
  readonly fleet: Fleet;
  #sinceMs = 0;

  private constructor(fleet: Fleet) {
    this.fleet = fleet;
  }

  /** Makes the fleet and waits until all slots run. A fleet that does not get so far is removed. */
  static async create(options: FleetOptions = {}): Promise<Stage> {
    const fleet = await Fleet.create({ hosts: 3, ...options });
    try {
      for (const definition of everyKind(await testImage())) await fleet.apply(definition);
      await untilConverged(fleet);
      return new Stage(fleet);
    } catch (error: unknown) {
      await fleet.close();
      throw error;
    }
  }

  /** From here on counts what {@link overlaps} and {@link restarted} tell; waits until everything runs as it should. */
  async begin(): Promise<void> {
    await untilConverged(this.fleet);
    this.#sinceMs = Date.now();
  }

  /** When the fault that is being played began, milliseconds since the epoch. */
  get sinceMs(): number {
    return this.#sinceMs;
  }

  /** Waits until everything runs as it should again, and gives the overlaps of exclusive slots since the beginning. */
  async end(): Promise<readonly Overlap[]> {
    await untilConverged(this.fleet);
    return this.overlaps();
  }

  /** The overlaps of exclusive slots since the beginning. */
  overlaps(): readonly Overlap[] {
    const { recorder } = this.fleet;
    return overlapsOf(recorder.report(), recorder.observations, {
      pods: [EXCLUSIVE],
      sinceMs: this.#sinceMs,
    });
  }

  /** Lives that began since the beginning. */
  begun(): readonly Life[] {
    const { slots } = this.fleet.recorder.report();
    return slots.flatMap(({ lives }) => lives).filter(({ fromMs }) => fromMs >= this.#sinceMs);
  }

  /** The host with the most to lose: one with exclusive and shared slots before all others. */
  busiest(): FleetHost {
    const alive = this.fleet.recorder.alive();
    const worth = ({ name }: FleetHost): number => {
      const slots = alive.filter(({ host }) => host === name).map(({ slot }) => slot);
      const kinds = [EXCLUSIVE, SHARED].filter((pod) => slots.some((slot) => slot.startsWith(`${pod}/`)));
      return kinds.length * 100 + slots.length;
    };
    const [first] = [...this.fleet.hosts].sort((one, other) => worth(other) - worth(one));
    if (first === undefined) throw new Error('The fleet has no host.');
    return first;
  }

  /** The slots of a pod that run on a host, such as `web/0`. */
  slotsOn(host: FleetHost, pod: string): readonly string[] {
    return this.fleet.recorder
      .alive()
      .filter((life) => life.host === host.name && life.slot.startsWith(`${pod}/`))
      .map(({ slot }) => slot);
  }

  /** Waits until all of these slots run on other hosts than this one; the copies that may still be there do not count. */
  async untilElsewhere(slots: readonly string[], than: FleetHost): Promise<void> {
    for (const slot of slots) {
      await this.fleet.recorder.until(
        slot,
        ({ lives }) =>
          lives.some(
            (life) => life.host !== than.name && life.startedMs !== undefined && life.toMs === undefined,
          ),
        { timeoutMs: 120_000 },
      );
    }
  }

  async close(): Promise<void> {
    await this.fleet.close();
  }
}
