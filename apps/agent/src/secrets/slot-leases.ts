import { steadyNow } from '../clock.js';
import { failing, isOver, keepAlive, pause, resume, watchCertificate } from './lease-life.js';
import { endedWithToken, entryOf } from './leased-entry.js';
import { issue } from './material.js';

import type { LifeEvents } from './lease-life.js';
import type { LeasedEntry, LeaseQuestion } from './leased-entry.js';
import type { Material } from './material.js';
import type { StoredIssue } from './secret-state.js';
import type { Logger } from '@raftainer/logger';
import type { SlotId } from '@raftainer/pod-spec';

/** What the leases of a slot need. */
export interface SlotLeasesOptions {
  readonly slot: SlotId;
  readonly logger: Logger;
  /** Makes what the slot has by now known to the next holder and the next run; rejects when that cannot be done. */
  readonly save: () => Promise<void>;
  /** Takes a lease back that nobody is to have. */
  readonly revoke: (lease: string) => Promise<void>;
  /** One piece of work on the slot's secrets at a time. */
  readonly exclusively: <T>(work: () => Promise<T>) => Promise<T>;
  readonly onChange: () => void;
}

interface Retiring {
  readonly lease: string;
  readonly since: number;
}

/** How long what was replaced stays good after everybody was given the new: what still uses it has time to notice. */
const RETIRE_MS = 30_000;
/** A certificate is replaced when so much of its life is over; of one that was found, its rest. */
const CERTIFICATE_PART = 2 / 3;

/**
 * The credentials and certificates of one slot: one for each source, kept alive, and replaced before they end. New ones
 * are there before old ones go.
 */
export class SlotLeases {
  readonly #options: SlotLeasesOptions;
  readonly #entries = new Map<string, LeasedEntry>();
  readonly #ending = new AbortController();
  #retiring: readonly Retiring[] = [];

  constructor(options: SlotLeasesOptions) {
    this.#options = options;
  }

  get entries(): ReadonlyMap<string, LeasedEntry> {
    return this.#entries;
  }

  /** Ids of everything that is to be revoked once. */
  get leaseIds(): readonly string[] {
    const current = [...this.#entries.values()].flatMap(({ lease }) => lease ?? []);
    return [...current, ...this.#retiring.map(({ lease }) => lease)];
  }

  /** For the next run of the agent. */
  stored(): { readonly issues: readonly StoredIssue[]; readonly retiring: readonly string[] } {
    const issues = [...this.#entries].map(([key, { lease, accessor, expiresAt }]) => ({
      key,
      ...(lease === undefined ? { ...(expiresAt === undefined ? {} : { expiresAt }) } : { lease }),
      ...(accessor === undefined ? {} : { accessor }),
    }));
    return { issues, retiring: this.#retiring.map(({ lease }) => lease) };
  }

  /** Takes up what an earlier run left. It is renewed once somebody uses it. */
  adopt(issues: readonly StoredIssue[], retiring: readonly string[]): void {
    for (const { key, ...rest } of issues)
      this.#entries.set(key, {
        ...rest,
        ...{ changedAt: steadyNow(), adopted: true, rotating: false, stop: () => undefined },
      });
    this.#retiring = retiring.map((lease) => ({ lease, since: steadyNow() }));
  }

  /** Names what is in use: takes up its renewal, and replaces what ended with its token. */
  use(question: LeaseQuestion): void {
    const entry = this.#entries.get(question.id.key);
    if (entry === undefined) return;
    const isNew = entry.question === undefined;
    entry.question = question;
    if (isNew) this.#takeUp(question.id.key, entry, question);
    else if (!entry.adopted && endedWithToken(entry)) this.rotate(question.id.key);
  }

  /**
   * The material for a source; Vault is asked when there is none. What it gives is recorded before it is used.
   *
   * @throws VaultError; what recording throws.
   */
  async obtain(question: LeaseQuestion, signal: AbortSignal): Promise<Material> {
    const entry = this.#entries.get(question.id.key);
    if (entry?.material !== undefined && !endedWithToken(entry)) return entry.material;
    return this.#replace(question, signal);
  }

  /** Replaces a lease in the background, until that succeeds. */
  rotate(key: string): void {
    const entry = this.#entries.get(key);
    if (entry?.question === undefined || entry.rotating || this.#ending.signal.aborted) return;
    entry.rotating = true;
    void this.#rotate(entry, entry.question);
  }

  /** The token of an earlier run ends. */
  tokenEnds(accessor: string): void {
    for (const [key, entry] of this.#entries) if (entry.accessor === accessor) this.rotate(key);
  }

  /** Gives up what nobody uses any more, and the ids of what may be revoked by now. */
  settle(used: ReadonlySet<string>, isDelivered: boolean): readonly string[] {
    for (const [key, entry] of this.#entries) {
      if (used.has(key)) continue;
      entry.stop();
      this.#entries.delete(key);
      if (entry.lease !== undefined) this.#retire(entry.lease);
    }
    if (!isDelivered) return [];
    const now = steadyNow();
    return this.#retiring.filter(({ since }) => now - since >= RETIRE_MS).map(({ lease }) => lease);
  }

  /** They were revoked. */
  retired(leases: readonly string[]): void {
    this.#retiring = this.#retiring.filter(({ lease }) => !leases.includes(lease));
  }

  /** Ends all renewals; the leases stay as they are. */
  close(): void {
    this.#ending.abort();
    for (const entry of this.#entries.values()) entry.stop();
  }

  #takeUp(key: string, entry: LeasedEntry, question: LeaseQuestion): void {
    if (entry.lease === undefined) {
      watchCertificate(entry, 1 / 2, this.#eventsOf(key));
      return;
    }
    const isCurrent = (): boolean => this.#entries.get(key) === entry;
    void resume(
      entry,
      { client: question.client, isCurrent, signal: this.#ending.signal },
      this.#eventsOf(key),
    );
  }

  async #rotate(entry: LeasedEntry, question: LeaseQuestion): Promise<void> {
    const { signal } = this.#ending;
    const { slot, logger, exclusively } = this.#options;
    logger.info({ slot, source: question.id.name }, 'What Vault gave a slot ends; it gets anew');
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        await exclusively(async () => {
          if (this.#entries.get(question.id.key) === entry) await this.#replace(question, signal);
        });
        return;
      } catch (error: unknown) {
        if (isOver(signal)) return;
        if (failures === 0) logger.warn({ slot, error }, 'Vault gives nothing new; trying again');
        failing(entry, error, this.#options.onChange);
        await pause(failures, this.#ending.signal);
      }
    }
  }

  async #replace(question: LeaseQuestion, signal: AbortSignal): Promise<Material> {
    const { key } = question.id;
    const issued = await issue(question.source, question.client, { signal });
    const before = this.#entries.get(key);
    const entry = entryOf(question, issued);
    this.#entries.set(key, entry);
    const retiring = this.#retiring;
    if (before?.lease !== undefined) this.#retire(before.lease);
    try {
      await this.#options.save();
    } catch (error: unknown) {
      this.#retiring = retiring;
      if (before === undefined) this.#entries.delete(key);
      else this.#entries.set(key, before);
      // Nobody would ever take it back.
      if (issued.lease !== undefined) await this.#options.revoke(issued.lease.id).catch(() => undefined);
      throw error;
    }
    before?.stop();
    if (issued.lease === undefined) watchCertificate(entry, CERTIFICATE_PART, this.#eventsOf(key));
    else keepAlive(entry, issued.lease, this.#eventsOf(key));
    this.#options.onChange();
    return issued.material;
  }

  #eventsOf(key: string): LifeEvents {
    return {
      onChange: this.#options.onChange,
      onEnding: () => {
        this.rotate(key);
      },
    };
  }

  #retire(lease: string): void {
    this.#retiring = [...this.#retiring, { lease, since: steadyNow() }];
  }
}
