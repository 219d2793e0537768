import type { LeaseEngine } from '../leases/lease-engine.js';
import { callerOf } from '../routing/authorize.js';
import type { Lease } from '../state/records.js';
import type { VaultContext } from '../vault-context.js';
import type { VaultAnswer, VaultCall } from '../wire/vault-call.js';
import { badRequest, denied } from '../wire/vault-fault.js';
import { issuedKeyIn, type IssuedRecord } from './pki-records.js';

/** Takes back the certificates of roles with `generate_lease`. They cannot be renewed: their end is signed. */
export function pkiLeases(context: VaultContext): LeaseEngine {
  return {
    terms: () => {
      throw badRequest('lease is not renewable');
    },
    renew: () => Promise.reject(badRequest('lease is not renewable')),
    revoke: async (lease) => {
      revokeIssued(context, issuedKeyIn(lease.mountUuid, serialOf(lease)));
      await context.durable();
    },
  };
}

/** A certificate that ends with its lease, and with the token that asked for it. */
export function lendCertificate(
  context: VaultContext,
  call: VaultCall,
  { serialNumber, ttlSec }: { readonly serialNumber: string; readonly ttlSec: number },
): VaultAnswer['lease'] {
  const { id: tokenId } = callerOf(call);
  const { path, mount } = call;
  const wish = { path, mount, tokenId, ttlSec, renewable: false, data: { serialNumber } };
  const lease = context.leases.prepare(wish);
  const alive = context.tokens.find(tokenId) !== undefined;
  if (!context.leases.confirm(lease) || !alive) {
    void context.leases.revoke(lease.id);
    throw denied();
  }
  return { id: lease.id, renewable: false, durationSec: ttlSec };
}

/** Notes that a certificate is revoked, and since when; one that was not kept, or has ended, needs no note. */
function revokeIssued(context: VaultContext, key: string): void {
  const issued = context.store.get('engine', key) as unknown as IssuedRecord | undefined;
  const now = context.clock();
  if (issued?.revokedMs !== 0 || issued.expiresMs <= now) return;
  context.store.put('engine', key, { ...issued, revokedMs: now });
}

function serialOf(lease: Lease): string {
  // Leases of this engine are made by lendCertificate alone.
  return (lease.data as unknown as { readonly serialNumber: string }).serialNumber;
}
