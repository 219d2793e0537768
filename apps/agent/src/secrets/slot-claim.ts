import type { SlotId, SlotRef } from '@raftainer/pod-spec';

/** A slot that this host holds. */
export interface SlotClaim {
  readonly id: SlotId;
  readonly slot: SlotRef;
  readonly epoch: number;
  readonly session: string;
}

/** What was given by Vault, as it is taken back: ids, which open nothing. */
export interface OwnLeases {
  /** Ids of leases. */
  readonly leases: readonly string[];
  /** Accessors of tokens. */
  readonly tokens: readonly string[];
}
