import type { Lease } from '../state/records.js';

/** How long leases of an engine last, in seconds; 0 = the server's default. */
export interface LeaseTerms {
  readonly defaultSec: number;
  readonly maxSec: number;
  readonly mountMaxSec: number;
}

/** An engine that lends things out. */
export interface LeaseEngine {
  /** The terms as they are now. Throws a fault when whatever set them is gone. */
  terms(lease: Lease): LeaseTerms;
  /** Lets what was lent live until `expiresMs`. */
  renew(lease: Lease, expiresMs: number): Promise<void>;
  /** Takes back what was lent. It must succeed when that is already gone: it is tried until it succeeds. */
  revoke(lease: Lease): Promise<void>;
}
