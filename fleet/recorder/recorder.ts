import { constants, setPriority } from 'node:os';

import { createDocker } from '@raftainer/docker';
import { eventually } from '@raftainer/testing';

import { identityOf } from './container-identity.js';
import { KernelWatch } from './kernel-watch.js';
import { reportOf } from './report.js';

import type { Docker } from '@raftainer/docker';
import type { WatchedHost } from './kernel-watch.js';
import type { Life } from './lives.js';
import type { HostObservation, Observation } from './observation.js';
import type { FleetReport, SlotReport } from './report.js';

/** A host that is recorded. */
export interface RecordedHost extends WatchedHost {
  /** As in `DOCKER_HOST`. */
  readonly dockerHost: string;
}

const LOOK_EVERY_MS = 15;

/** A witness that waits behind what it watches sees every end late, and takes that for an overlap. */
function lookFirst(): void {
  setPriority(constants.priority.PRIORITY_HIGHEST);
}

/**
 * Records when containers lived, on all hosts of a fleet, by the kernel's word and the engines', and none of the agents'.
 * All times are of one clock.
 */
export class Recorder {
  readonly #observations: Observation[] = [];
  readonly #watches: readonly KernelWatch[];
  readonly #engines: readonly Docker[];
  readonly #ending = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  private constructor(hosts: readonly RecordedHost[]) {
    this.#watches = hosts.map(
      (host) =>
        new KernelWatch(host, (observation) => {
          this.#observations.push(observation);
        }),
    );
    this.#engines = hosts.map(({ dockerHost }) => createDocker({ host: dockerHost }));
  }

  /** Begins to record; resolves when every engine is followed. */
  static async start(hosts: readonly RecordedHost[]): Promise<Recorder> {
    lookFirst();
    const recorder = new Recorder(hosts);
    recorder.#timer = setInterval(() => {
      recorder.#look();
    }, LOOK_EVERY_MS);
    const following = recorder.#engines.map((engine, index) =>
      recorder.#follow(engine, hosts[index]?.name ?? ''),
    );
    await Promise.all(following);
    return recorder;
  }

  /** All that was recorded, in the order in which it was learned. */
  get observations(): readonly Observation[] {
    return this.#observations;
  }

  /** Notes that a host was frozen or thawed. */
  note(change: HostObservation): void {
    this.#observations.push(change);
  }

  /** What happened so far. */
  report(): FleetReport {
    this.#look();
    return reportOf(this.#observations, Date.now());
  }

  /** What happened to one slot, such as `web/0`; undefined when it never had a container. */
  slot(slot: string): SlotReport | undefined {
    return this.report().slots.find((each) => each.slot === slot);
  }

  /** Lives that have not ended, of all slots or of one. */
  alive(slot?: string): readonly Life[] {
    const slots = this.report().slots.filter((each) => slot === undefined || each.slot === slot);
    return slots.flatMap(({ lives }) => lives).filter(({ toMs }) => toMs === undefined);
  }

  /**
   * Waits until what happened to a slot is what was waited for.
   *
   * @throws Error after `timeoutMs` (default 60 s), with what had happened until then.
   */
  async until(
    slot: string,
    fits: (report: SlotReport) => boolean,
    { timeoutMs = 60_000 }: { readonly timeoutMs?: number } = {},
  ): Promise<SlotReport> {
    const attempt = (): SlotReport => {
      const report = this.slot(slot);
      if (report !== undefined && fits(report)) return report;
      throw new Error(`What was waited for did not happen to ${slot}: ${JSON.stringify(report)}`);
    };
    return eventually(attempt, { timeoutMs, intervalMs: 20 });
  }

  close(): void {
    clearInterval(this.#timer);
    this.#ending.abort();
    for (const engine of this.#engines) engine.close();
  }

  #look(): void {
    for (const watch of this.#watches) watch.look();
  }

  /** Resolves when it is connected; goes on after every loss, in which the kernel is the only witness. */
  async #follow(engine: Docker, host: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#listen({ engine, host, onConnected: resolve }).catch(reject);
    });
  }

  async #listen(to: {
    readonly engine: Docker;
    readonly host: string;
    readonly onConnected: () => void;
  }): Promise<void> {
    const filters = { type: ['container'], event: ['start', 'die'] };
    const { signal } = this.#ending;
    for await (const event of to.engine.events({ filters, signal, minDelayMs: 20, maxDelayMs: 500 })) {
      if (event.kind === 'connected') to.onConnected();
      if (event.kind !== 'event') continue;
      const container = identityOf({ id: event.id, host: to.host }, event.attributes);
      const kind = event.action === 'start' ? 'started' : 'died';
      if (container !== undefined) this.#observations.push({ kind, atMs: event.timeMs, container });
    }
  }
}
