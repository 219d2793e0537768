import type { CallOptions } from '../call-options.js';
import type { VaultError } from '../vault-error.js';

/** Something that Vault takes back after a time: a database user, a certificate. */
export interface Lease {
  readonly id: string;
  /** Life in seconds, from the moment it was issued or renewed. */
  readonly durationSec: number;
  readonly renewable: boolean;
}

/** What Vault knows of a lease. */
export interface LeaseInfo extends Lease {
  /** RFC 3339. */
  readonly issueTime: string;
  /** RFC 3339; undefined when it never ends. */
  readonly expireTime: string | undefined;
  /** Seconds left: the same as `durationSec`. */
  readonly ttlSec: number;
}

/** How to renew. */
export interface RenewOptions extends CallOptions {
  /** Life asked for, from now, in seconds. Default: what the role says. Vault may give less. */
  readonly incrementSec?: number;
}

/** Why a lease ends: see {@link Leases.keep}. */
export type LeaseEnding = 'maximum' | 'gone' | 'expired';

/** What is told of a lease that is kept. What a listener throws is ignored. */
export interface KeepEvents {
  readonly onRenewed?: (lease: Lease) => void;
  /** A renewal failed and is tried again. `since`: when the first of this row failed, in milliseconds since 1970. */
  readonly onFailing?: (error: VaultError, since: number) => void;
  /** Told once; renewing has stopped by then. */
  readonly onEnding: (reason: LeaseEnding) => void;
}

/** A lease that renews itself. */
export interface KeptLease {
  /** Ends renewing, without a word to Vault. */
  stop(): void;
}

/**
 * Leases. **Vault revokes a lease when the token it was issued under ends**, whoever renews it: `tokenState()` tells that end, and a
 * token that was replaced takes its leases with it. A process that starts anew must keep the old token alive
 * (`tokens.renewAccessor`), or issue anew.
 */
export interface Leases {
  /** Renews once. @throws VaultError VAULT_LEASE_GONE when Vault does not know the lease. */
  renew(id: string, options?: RenewOptions): Promise<Lease>;
  /** Takes it back at once. One that Vault does not know counts as revoked. */
  revoke(id: string, options?: CallOptions): Promise<void>;
  /** @throws VaultError VAULT_LEASE_GONE */
  lookup(id: string, options?: CallOptions): Promise<LeaseInfo>;
  /**
   * Keeps a lease renewed until stopped, at about two thirds of its life, with jitter. Give it as it was issued, or as `lookup` tells it: its
   * life is counted from this call. Failed renewals are repeated with back-off until the end. `onEnding` says that
   * renewal can no longer push the end out:
   *
   * - `maximum`: the lease, or the token it was issued under, reached its maximum, or it is not renewable. It is still good for a while: half of
   *   what was left when that became known, a third of its life when it was never renewable.
   * - `gone`: Vault does not know it (any more).
   * - `expired`: no renewal succeeded before its end. When Vault refuses rather than stays away, told a sixth of its life before the end.
   */
  keep(lease: Lease, events: KeepEvents): KeptLease;
}
