import type { LeaseBook } from './leases/lease-book.js';
import type { MountTable } from './routing/mount-table.js';
import type { PolicyBook } from './policy/policy-book.js';
import type { VaultStore } from './state/vault-store.js';
import type { TokenBook } from './tokens/token-book.js';

/** Milliseconds since the epoch that never run backwards while the process lives. */
export type Clock = () => number;

/** What the routes of an unsealed server work on. */
export interface VaultContext {
  readonly store: VaultStore;
  readonly clock: Clock;
  readonly mounts: MountTable;
  readonly policies: PolicyBook;
  readonly tokens: TokenBook;
  readonly leases: LeaseBook;
  /** Resolves once everything written so far is durable. */
  readonly durable: () => Promise<void>;
}
