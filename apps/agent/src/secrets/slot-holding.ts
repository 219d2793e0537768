import pLimit from 'p-limit';

import { AgentError } from '../agent-error.js';
import { needsOf, sourceUses } from './secret-needs.js';
import { toSecretError } from './secret-error.js';
import { SlotLeases } from './slot-leases.js';
import { SlotValues } from './slot-values.js';
import { ShownExpiries } from './shown-expiries.js';
import { sourceIdOf } from './source-id.js';

import type { KvCache } from './kv-cache.js';
import type { LeaseLedger } from './lease-ledger.js';
import type { SecretNeed, SourceUse } from './secret-needs.js';
import type { Given, SecretState } from './secret-state.js';
import type { OwnLeases, SlotClaim } from './slot-claim.js';
import type { NeedValue } from './slot-values.js';
import type { Logger } from '@raftainer/logger';
import type { ContainerSecrets, SlotSecretsPlan } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';
import type { VaultClient } from '@raftainer/vault';

/** What the secrets of a slot need. */
export interface SlotHoldingOptions {
  readonly id: SlotId;
  /** Absent: no Vault is configured, and only files that are written out can be had. */
  readonly vault?: VaultClient;
  readonly ledger?: LeaseLedger;
  readonly kv: KvCache;
  readonly state: SecretState;
  readonly logger: Logger;
  readonly onChange: () => void;
}

/** The secrets of one slot while this host has anything of it. */
export class SlotHolding {
  readonly id: SlotId;
  readonly leases: SlotLeases;
  readonly values: SlotValues;
  readonly expiries = new ShownExpiries();
  readonly #options: SlotHoldingOptions;
  readonly #lock = pLimit(1);
  readonly #roles = new Map<string, VaultClient>();
  #given: Readonly<Record<string, Given>>;
  /** Of tokens that earlier runs made for the slot. */
  readonly #oldTokens: readonly string[];
  #takenOver: number | undefined;
  #claim: SlotClaim | undefined;
  #plan: SlotSecretsPlan['containers'] = [];

  constructor(options: SlotHoldingOptions) {
    const { id, kv, state, logger, onChange, vault } = options;
    this.id = id;
    this.#options = options;
    const stored = state.get(id);
    this.#given = stored?.given ?? {};
    this.#oldTokens = stored?.tokens ?? [];
    this.leases = new SlotLeases({
      ...{ slot: id, logger, onChange },
      save: () => this.save(),
      revoke: async (lease) => vault?.leases.revoke(lease),
      exclusively: (work) => this.#lock(work),
    });
    this.values = new SlotValues({ id, kv, state, leases: this.leases });
    this.leases.adopt(stored?.issues ?? [], stored?.retiring ?? []);
  }

  get claim(): SlotClaim | undefined {
    return this.#claim;
  }

  /** Its containers, as the last plan named them. */
  get plan(): SlotSecretsPlan['containers'] {
    return this.#plan;
  }

  /** What of Vault its containers use. */
  get uses(): readonly SourceUse[] {
    return sourceUses(
      this.id,
      this.#plan.map(({ secrets }) => secrets),
    );
  }

  /** Everything that has to be revoked when the slot stops here. */
  get own(): OwnLeases {
    return { leases: this.leases.leaseIds, tokens: this.#tokens() };
  }

  /** Whether containers of it were given files. */
  get hadFiles(): boolean {
    const keys = Object.values(this.#given).flatMap(({ digests }) => Object.keys(digests));
    return keys.some((key) => key.startsWith('file '));
  }

  given(container: string): Given | undefined {
    return this.#given[container];
  }

  /** What the plan says by now. */
  update(claim: SlotClaim, plan: SlotSecretsPlan['containers']): void {
    this.#claim = claim;
    this.#plan = plan;
    for (const { source, id, role } of this.uses) {
      if (!('vault' in source) && this.#options.vault !== undefined)
        this.leases.use({ id, source, client: this.client(role) });
    }
  }

  /** Takes the slot over under a claim, once: earlier holders lose what they had. */
  async takeOver(claim: SlotClaim, signal?: AbortSignal): Promise<void> {
    this.#claim = claim;
    if (this.#takenOver === claim.epoch) return;
    await this.#options.ledger?.takeOver(claim, this.own, signal);
    await this.save();
    this.#takenOver = claim.epoch;
  }

  /**
   * Has all values of some containers at hand, asking Vault for what is not.
   *
   * @throws AgentError, naming pod, container, path and key.
   */
  async resolve(all: readonly ContainerSecrets[], claim: SlotClaim, signal: AbortSignal): Promise<void> {
    await this.#lock(async () => {
      const needs = all.flatMap((secrets) =>
        needsOf(this.id, secrets).map((need) => ({ need, role: secrets.role })),
      );
      if (needs.some(({ need }) => typeof need.content !== 'string')) await this.takeOver(claim, signal);
      for (const { need, role } of needs) await this.#obtain(need, role, signal);
      for (const secrets of all) this.values.of(secrets);
    });
  }

  /** Remembers what a container was given. */
  async give(container: string, id: string, values: readonly NeedValue[]): Promise<void> {
    const before = this.#given[container];
    const digests = Object.fromEntries(
      values.map(({ need, value }) => [need.key, this.#options.state.digest(value)]),
    );
    const kept = before?.id === id ? before.digests : {};
    this.#given = { ...this.#given, [container]: { id, digests: { ...kept, ...digests } } };
    await this.#persist();
  }

  /** Gives back what is not used any more, once everybody has what took its place. */
  async settle(isDelivered: boolean): Promise<void> {
    const used = new Set(this.uses.map(({ id }) => id.key));
    const before = this.leases.leaseIds.length;
    const over = this.leases.settle(used, isDelivered);
    const { vault } = this.#options;
    if (vault === undefined || (over.length === 0 && before === this.leases.leaseIds.length)) return;
    await this.#lock(async () => {
      for (const lease of over) {
        await vault.leases.revoke(lease);
        this.leases.retired([lease]);
      }
      await this.save();
    });
  }

  /** Makes what the slot has known to the next run and the next holder. */
  async save(): Promise<void> {
    if (this.#claim === undefined) return;
    await this.#options.ledger?.record(this.#claim, this.own);
    await this.#persist();
  }

  /** As whom its secrets are read. */
  client(role: string | undefined): VaultClient {
    const { vault } = this.#options;
    if (vault === undefined) throw noVault(this.id);
    if (role === undefined) return vault;
    const known = this.#roles.get(role) ?? vault.withTokenRole(role);
    this.#roles.set(role, known);
    return known;
  }

  /** Ends everything that goes on for it here. With `revoke`, the tokens of the slot end as well. */
  async close({ revoke }: { readonly revoke: boolean }): Promise<void> {
    this.leases.close();
    const closing = [...this.#roles.values()].map((client) => client.close({ revoke }));
    this.#roles.clear();
    // Their accessors are revoked as well, and what failed there is tried again.
    await Promise.allSettled(closing);
  }

  async #obtain(need: SecretNeed, role: string | undefined, signal: AbortSignal): Promise<void> {
    const { content, target } = need;
    if (typeof content === 'string') return;
    const client = this.client(role);
    try {
      if ('vault' in content) await this.#options.kv.read({ path: content.vault.path, client, ...as(role) });
      else await this.leases.obtain({ id: sourceIdOf(content), source: content, client }, signal);
    } catch (error: unknown) {
      throw toSecretError(error, content, target);
    }
  }

  /** Those that were made for it, by this run or earlier ones, and that leases in use were issued under. */
  #tokens(): readonly string[] {
    const issuers = new Set([...this.leases.entries.values()].flatMap(({ accessor }) => accessor ?? []));
    const present = [...this.#roles.values()].flatMap((client) => client.tokenState().accessor ?? []);
    return [...new Set([...this.#oldTokens, ...present])].filter((accessor) => issuers.has(accessor)).sort();
  }

  async #persist(): Promise<void> {
    const epoch = this.#claim?.epoch ?? 0;
    const tokens = this.#tokens();
    await this.#options.state.put(this.id, { epoch, ...this.leases.stored(), tokens, given: this.#given });
  }
}

function as(role: string | undefined): { readonly role?: string } {
  return role === undefined ? {} : { role };
}

function noVault(slot: SlotId): AgentError {
  const message = `The pod of ${slot} has secrets from Vault, and this agent knows none. Set VAULT_ADDR and a way to log in, such as VAULT_ROLE_ID and VAULT_SECRET_ID.`;
  return new AgentError('AGENT_VAULT_NOT_CONFIGURED', message, { retryable: true });
}
