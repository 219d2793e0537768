import type { CallOptions } from '../call-options.js';
import type { TokenKeeper } from '../login/token-keeper.js';
import { badRequest } from '../refusals.js';
import type { Session } from '../session.js';
import type { Clock } from '../time/clock.js';
import { dataOf } from '../transport/read-answer.js';
import { isVaultError } from '../vault-error.js';
import { keepLease } from './keep-lease.js';
import type { Lease, LeaseInfo, Leases, RenewOptions } from './leases.js';
import { leaseOf } from './read-lease.js';

/** What leases need. */
export interface LeasesContext {
  readonly session: Session;
  readonly keeper: TokenKeeper;
  readonly clock: Clock;
}

/** Leases over HTTP. */
export function createLeases(context: LeasesContext): Leases {
  const { session } = context;
  return {
    renew: (id, options) => renew(session, id, options),
    revoke: (id, options) => revoke(session, id, options),
    lookup: (id, options) => lookup(session, id, options),
    keep: (lease, events) =>
      keepLease(lease, events, {
        ...context,
        closed: session.closed,
        renew: (options) => renew(session, lease.id, options),
      }),
  };
}

async function renew(session: Session, id: string, options?: RenewOptions): Promise<Lease> {
  const increment = options?.incrementSec === undefined ? {} : { increment: options.incrementSec };
  const body = { lease_id: checked(id), ...increment };
  const doing = `renewing the lease ${id}`;
  return leaseOf(await session.call({ doing, method: 'PUT', path: 'sys/leases/renew', body }, options));
}

async function revoke(session: Session, id: string, options?: CallOptions): Promise<void> {
  // Else Vault answers when it has queued the revocation, and says nothing of a failure.
  const body = { lease_id: checked(id), sync: true };
  const doing = `revoking the lease ${id}`;
  try {
    await session.call({ doing, method: 'PUT', path: 'sys/leases/revoke', body }, options);
  } catch (error) {
    if (!isVaultError(error) || error.code !== 'VAULT_LEASE_GONE') throw error;
  }
}

async function lookup(session: Session, id: string, options?: CallOptions): Promise<LeaseInfo> {
  const body = { lease_id: checked(id) };
  const doing = `looking up the lease ${id}`;
  const data = dataOf(await session.call({ doing, method: 'PUT', path: 'sys/leases/lookup', body }, options));
  const ttlSec = data.number('ttl');
  return {
    id,
    durationSec: ttlSec,
    ttlSec,
    renewable: data.boolean('renewable'),
    issueTime: data.string('issue_time'),
    expireTime: data.optionalString('expire_time'),
  };
}

/** Revoking an empty prefix would be another, much larger, thing. */
function checked(id: string): string {
  if (id === '') throw badRequest('The id of a lease must not be empty.');
  return id;
}
