import { AgentError } from '../agent-error.js';
import { steadyNow } from '../clock.js';
import { revokeAll } from './revoke.js';

import type { OwnLeases, SlotClaim } from './slot-claim.js';
import type { Cluster, LeaseHolding } from '@raftainer/cluster';
import type { Logger } from '@raftainer/logger';
import type { SlotId, SlotRef } from '@raftainer/pod-spec';
import type { VaultClient } from '@raftainer/vault';

/** What the ledger needs. */
export interface LeaseLedgerOptions {
  readonly cluster: Cluster;
  readonly vault: VaultClient;
  readonly logger: Logger;
  /** Name of this host. */
  readonly host: string;
  /** Whether a session holds slots of which two copies may run at once. */
  readonly isShared: (session: string) => boolean;
}

interface Leftover {
  readonly holdings: readonly LeaseHolding[];
  /** Not to be tried before, in steady milliseconds. */
  readonly retryAt: number;
  readonly failures: number;
  /** They are of a copy that hands over: nothing is wrong with them. */
  readonly serving: boolean;
}

const FIRST_RETRY_MS = 15_000;
const LONGEST_RETRY_MS = 300_000;

/** A copy that hands over serves until this one does; it gives its own leases back when it has stopped. */
const HAND_OVER_MS = 300_000;

/**
 * The record of leases beside each claim. Written before what it names is used, by the holder alone; the next holder
 * revokes what it finds of earlier ones, so that a copy which nobody can reach loses its access all the same.
 */
export class LeaseLedger {
  readonly #options: LeaseLedgerOptions;
  readonly #left = new Map<SlotId, Leftover>();
  readonly #written = new Map<SlotId, string>();

  constructor(options: LeaseLedgerOptions) {
    this.#options = options;
  }

  /** How many leases and tokens of earlier holders could not be revoked yet. */
  leftovers(id: SlotId): number {
    const { holdings, serving } = this.#left.get(id) ?? { holdings: [], serving: false };
    if (serving) return 0;
    return holdings.reduce((sum, { leases, tokens }) => sum + leases.length + tokens.length, 0);
  }

  /** Revokes what earlier holders of a slot left. What cannot be revoked now is kept in the record, and tried again. */
  async takeOver(claim: SlotClaim, own: OwnLeases, signal?: AbortSignal): Promise<void> {
    const { cluster, logger, host, isShared } = this.#options;
    const record = await cluster.secretLeases.get(claim.slot, signal === undefined ? {} : { signal });
    if (record === undefined) return;
    this.#written.set(claim.id, JSON.stringify(record.holdings));
    if (record.problem !== undefined) {
      const { problem } = record;
      logger.warn({ slot: claim.id, problem }, 'The record of what Vault gave a slot cannot be read');
    }
    const others = record.holdings.map((holding) => without(holding, own)).filter(isSome);
    const serving = isShared(claim.session) ? others.filter((holding) => holding.host !== host) : [];
    const left = await this.#revoke(others.filter((holding) => !serving.includes(holding)));
    this.#keep(claim.id, [...left, ...serving], { failures: 0, serving: serving.length > 0 });
    await this.record(claim, own, signal);
  }

  /**
   * Tries again what could not be revoked, when its time has come. What a copy has that hands over is only touched when
   * this one has been serving for a while: until then the users of the pod depend on the other.
   */
  async retry(claim: SlotClaim, own: OwnLeases, isServing: boolean): Promise<void> {
    const leftover = this.#left.get(claim.id);
    if (leftover === undefined) return;
    if (leftover.serving && !isServing) this.#keep(claim.id, leftover.holdings, leftover);
    else if (leftover.retryAt <= steadyNow()) await this.#retryNow(claim, own, leftover);
  }

  async #retryNow(claim: SlotClaim, own: OwnLeases, leftover: Leftover): Promise<void> {
    const left = await this.#revoke(leftover.holdings);
    this.#keep(claim.id, left, { failures: leftover.failures + 1, serving: false });
    await this.record(claim, own);
  }

  /**
   * Writes what the slot has, unless the record says so already.
   *
   * @throws AgentError `AGENT_CLAIM_NOT_ACQUIRED` when the slot is not held any more; ConsulError.
   */
  async record(claim: SlotClaim, own: OwnLeases, signal?: AbortSignal): Promise<void> {
    const { cluster, host } = this.#options;
    const mine = { epoch: claim.epoch, host, ...own };
    const holdings = [...(isSome(mine) ? [mine] : []), ...(this.#left.get(claim.id)?.holdings ?? [])];
    const text = JSON.stringify(holdings);
    if (text === (this.#written.get(claim.id) ?? '[]')) return;
    const { pod, index } = claim.slot;
    const call = signal === undefined ? {} : { signal };
    const held = await cluster.secretLeases.put({ pod, index, session: claim.session }, holdings, call);
    if (!held) {
      const message = `Slot ${claim.id} is no longer held by this host: what Vault gave it cannot be recorded.`;
      throw new AgentError('AGENT_CLAIM_NOT_ACQUIRED', message, { retryable: true });
    }
    this.#written.set(claim.id, text);
  }

  /** Revokes everything of a slot that stops here, and leaves in the record what could not be, or is of a copy that still hands over. */
  async giveBack(claim: SlotClaim, own: OwnLeases): Promise<void> {
    const { host } = this.#options;
    const holding = { epoch: claim.epoch, host, ...own };
    const { holdings, serving } = this.#left.get(claim.id) ?? { holdings: [], serving: false };
    const left = await this.#revoke([holding, ...(serving ? [] : holdings)].filter(isSome));
    this.#keep(claim.id, [...left, ...(serving ? holdings : [])], { failures: 0, serving });
    await this.record(claim, { leases: [], tokens: [] });
    this.drop(claim.id);
  }

  /** The same for a slot that somebody else holds by now, or nobody: its record is theirs. */
  async giveBackUnheld(id: SlotId, own: OwnLeases): Promise<OwnLeases> {
    this.drop(id);
    return revokeAll(own, this.#options);
  }

  /** Revokes what is recorded of a slot that is no more, and removes the record. */
  async forget(slot: SlotRef): Promise<void> {
    const { secretLeases } = this.#options.cluster;
    const record = await secretLeases.get(slot);
    if (record === undefined) return;
    await this.#revoke(record.holdings);
    await secretLeases.remove(record);
  }

  /** Another holder writes the record from now on. */
  drop(id: SlotId): void {
    this.#left.delete(id);
    this.#written.delete(id);
  }

  async #revoke(holdings: readonly LeaseHolding[]): Promise<readonly LeaseHolding[]> {
    const left = await Promise.all(
      holdings.map(async (holding) => ({ ...holding, ...(await revokeAll(holding, this.#options)) })),
    );
    return left.filter(isSome);
  }

  #keep(
    id: SlotId,
    holdings: readonly LeaseHolding[],
    { failures, serving }: { readonly failures: number; readonly serving: boolean },
  ): void {
    if (holdings.length === 0) {
      this.#left.delete(id);
      return;
    }
    const delayMs = serving ? HAND_OVER_MS : Math.min(FIRST_RETRY_MS * 2 ** failures, LONGEST_RETRY_MS);
    this.#left.set(id, { holdings, failures, serving, retryAt: steadyNow() + delayMs });
  }
}

function isSome({ leases, tokens }: OwnLeases): boolean {
  return leases.length + tokens.length > 0;
}

function without(holding: LeaseHolding, own: OwnLeases): LeaseHolding {
  const { epoch, host, leases, tokens } = holding;
  return {
    ...{ epoch, host },
    leases: leases.filter((id) => !own.leases.includes(id)),
    tokens: tokens.filter((accessor) => !own.tokens.includes(accessor)),
  };
}
