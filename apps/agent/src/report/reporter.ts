import { isDeepStrictEqual } from 'node:util';

import { slotIdOf, slotRefOf } from '@raftainer/pod-spec';
import pLimit from 'p-limit';

import type { Cluster, PodVerdict, SlotStatus } from '@raftainer/cluster';
import type { Logger } from '@raftainer/logger';
import type { HeldClaim, Plan, SlotStatusPlan } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';

/** What the reporter needs. */
export interface ReporterOptions {
  readonly cluster: Cluster;
  readonly host: string;
  readonly logger: Logger;
}

/** Under which session a slot is held. */
type Holder = Pick<HeldClaim, 'session'>;

/** Writes at the same time: enough for a burst, little enough for Consul. */
const CONCURRENT_WRITES = 8;

/** What a slot's status says while it is worked on. */
const WORKING: ReadonlySet<SlotStatusPlan['phase']> = new Set(['pulling', 'starting', 'stopping'] as const);

/**
 * Publishes statuses and verdicts, each only when it changed: at rest nothing is written. A write that fails is made
 * again with the next cycle, with what is true then. Of each record there is one write at a time, so that an older
 * state never overtakes a newer one. Only the holder of a slot writes its status.
 */
export class Reporter {
  readonly #options: ReporterOptions;
  readonly #published = new Map<SlotId, SlotStatus>();
  readonly #writes = new Map<SlotId | 'verdicts', Promise<void>>();
  /** Slots that are being given up: their status is gone, and must not come back. */
  readonly #withdrawn = new Set<SlotId>();
  readonly #limit = pLimit(CONCURRENT_WRITES);
  #verdicts: readonly PodVerdict[] | undefined;
  #loading: Promise<void> | undefined;
  #latest: Plan | undefined;
  #held: ReadonlyMap<SlotId, Holder> = new Map();

  constructor(options: ReporterOptions) {
    this.#options = options;
  }

  /** Publishes what a cycle found; `held` are this host's slots. */
  publish(plan: Plan, held: ReadonlyMap<SlotId, Holder>): void {
    this.#latest = plan;
    this.#held = held;
    for (const id of this.#withdrawn) {
      // Given up by now, or not after all; in between it is worked on.
      const phase = plan.statuses.get(id)?.phase;
      if (phase === undefined || !WORKING.has(phase)) this.#withdrawn.delete(id);
    }
    void this.#write();
  }

  /** What was published may be gone: it is compared with what is there before anything else is written. */
  forget(): void {
    this.#published.clear();
    this.#loading = undefined;
  }

  /** Removes a slot's status; for the holder, before it gives the claim up. */
  async remove(id: SlotId, signal: AbortSignal): Promise<void> {
    const { pod, index } = slotRefOf(id);
    this.#withdrawn.add(id);
    await this.#writes.get(id);
    await this.#options.cluster.statuses.remove(pod, index, { signal });
    this.#published.delete(id);
  }

  async #write(): Promise<void> {
    try {
      await (this.#loading ??= this.#load());
    } catch (error: unknown) {
      this.#loading = undefined;
      this.#complain(error);
      return;
    }
    for (const id of this.#latest?.statuses.keys() ?? [])
      this.#bringUpToDate(id, () => this.#writeStatus(id));
    this.#bringUpToDate('verdicts', () => this.#writeVerdicts());
  }

  /** What an earlier run of this agent published need not be written again. */
  async #load(): Promise<void> {
    const { cluster, host } = this.#options;
    const [statuses, verdicts] = await Promise.all([cluster.statuses.list(), cluster.verdicts.list()]);
    for (const { status } of statuses) {
      if (status?.host === host) this.#published.set(slotIdOf(status), status);
    }
    this.#verdicts = verdicts.find((record) => record.host === host)?.verdicts ?? [];
  }

  /** Writes until the record says what the latest plan says. */
  #bringUpToDate(record: SlotId | 'verdicts', write: () => Promise<boolean>): void {
    if (this.#writes.has(record)) return;
    const work = async (): Promise<void> => {
      try {
        while (await write());
      } catch (error: unknown) {
        this.#complain(error);
      } finally {
        this.#writes.delete(record);
      }
    };
    this.#writes.set(record, this.#limit(work));
  }

  /** False when there was nothing to write. */
  async #writeStatus(id: SlotId): Promise<boolean> {
    const planned = this.#latest?.statuses.get(id);
    const holder = this.#held.get(id)?.session;
    if (planned === undefined || holder === undefined || this.#withdrawn.has(id)) return false;
    const before = this.#published.get(id);
    const { failures, ...rest } = planned;
    const since = before?.phase === planned.phase ? before.since : new Date().toISOString();
    const { host, cluster } = this.#options;
    const status: SlotStatus = withoutUndefined({
      ...slotRefOf(id),
      host,
      ...rest,
      restarts: failures,
      since,
    });
    if (isDeepStrictEqual(before, status)) return false;
    // A late word of a former holder must not cover that of the present one, who has no reason to repeat it.
    if (!(await cluster.statuses.put(status, { holder }))) return false;
    this.#published.set(id, status);
    return true;
  }

  /** False when there was nothing to write. */
  async #writeVerdicts(): Promise<boolean> {
    const planned = this.#latest?.verdicts ?? [];
    const verdicts: readonly PodVerdict[] = withoutUndefined(
      planned.map(({ pod, revision, failures, problems }) => ({
        pod,
        eligible: false,
        revision,
        failures,
        problems,
      })),
    );
    if (isDeepStrictEqual(this.#verdicts, verdicts)) return false;
    await this.#options.cluster.verdicts.put(this.#options.host, verdicts);
    this.#verdicts = verdicts;
    return true;
  }

  #complain(error: unknown): void {
    this.#options.logger.debug(
      { error },
      'A report could not be published; trying again with the next cycle',
    );
  }
}

/** The value as JSON keeps it, so that it can be compared with what was read back. */
function withoutUndefined<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
