import { KvCache } from './kv-cache.js';
import { LeaseLedger } from './lease-ledger.js';
import { SlotHolding } from './slot-holding.js';

import type { SecretState } from './secret-state.js';
import type { SecretsFolder } from './secrets-folder.js';
import type { Cluster } from '@raftainer/cluster';
import type { Docker } from '@raftainer/docker';
import type { Logger } from '@raftainer/logger';
import type { SlotId } from '@raftainer/pod-spec';
import type { VaultClient } from '@raftainer/vault';

/** What the secrets of this host need. */
export interface HoldingsOptions {
  /** Name of this host. */
  readonly host: string;
  /** Absent: no Vault is configured. */
  readonly vault?: VaultClient;
  readonly cluster: Cluster;
  readonly docker: Docker;
  readonly logger: Logger;
  readonly state: SecretState;
  /** The folder for files. Rejects with the reason when there can be none. */
  readonly folder: () => Promise<SecretsFolder>;
  /** Time between two looks at a KV secret, in milliseconds. */
  readonly pollMs: number;
  /** How much later each instance of a pod gets a change than the one before, in milliseconds. */
  readonly splayMs: number;
  /** Whether a session holds slots of which two copies may run at once. */
  readonly isShared: (session: string) => boolean;
  /** Asks for a cycle. */
  readonly wake: () => void;
}

/** The secrets of this host's slots, and what they share. */
export class Holdings {
  readonly options: HoldingsOptions;
  readonly kv: KvCache;
  /** Absent without a Vault. */
  readonly ledger: LeaseLedger | undefined;
  readonly #slots = new Map<SlotId, SlotHolding>();

  constructor(options: HoldingsOptions) {
    const { vault, cluster, logger, host, isShared, pollMs, wake } = options;
    this.options = options;
    this.kv = new KvCache({ pollMs, onChange: wake });
    this.ledger =
      vault === undefined ? undefined : new LeaseLedger({ cluster, vault, logger, host, isShared });
  }

  find(id: SlotId): SlotHolding | undefined {
    return this.#slots.get(id);
  }

  /** That of a slot; begun when there is none. */
  of(id: SlotId): SlotHolding {
    const known = this.#slots.get(id);
    if (known !== undefined) return known;
    const { vault, state, logger, wake } = this.options;
    const holding = new SlotHolding({
      ...{ id, kv: this.kv, state, logger, onChange: wake },
      ...(vault === undefined ? {} : { vault }),
      ...(this.ledger === undefined ? {} : { ledger: this.ledger }),
    });
    this.#slots.set(id, holding);
    return holding;
  }

  all(): readonly SlotHolding[] {
    return [...this.#slots.values()];
  }

  /** What comes next for the slot begins anew. */
  detach({ id }: SlotHolding): void {
    this.#slots.delete(id);
  }

  /** Ends what goes on for a slot, and forgets it, unless it has begun anew. */
  async drop(holding: SlotHolding): Promise<void> {
    if (this.#slots.get(holding.id) === holding) this.detach(holding);
    await holding.close({ revoke: true });
    if (!this.#slots.has(holding.id)) await this.options.state.forget(holding.id);
  }
}
