import type { Token } from '../state/records.js';
import { timeText } from '../wire/durations.js';
import type { JsonObject } from '../wire/vault-call.js';

/** A token as a lookup shows it. `id` is left empty for those who only know its accessor. */
export function showToken(token: Token, id: string, nowMs: number): JsonObject {
  return {
    accessor: token.accessor,
    creation_time: Math.floor(token.createdMs / 1000),
    creation_ttl: token.ttlSec,
    display_name: token.displayName,
    entity_id: token.entityId,
    expire_time: token.expiresMs === undefined ? null : timeText(token.expiresMs),
    explicit_max_ttl: token.explicitMaxTtlSec,
    id,
    meta: token.meta,
    num_uses: token.usesLeft,
    orphan: token.parent === undefined,
    path: token.path,
    policies: token.policies,
    ttl: remainingSec(token.expiresMs, nowMs),
    type: 'service',
    ...(token.expiresMs === undefined
      ? {}
      : { issue_time: timeText(token.createdMs), renewable: token.renewable }),
    ...(token.renewedMs === undefined
      ? {}
      : { last_renewal: timeText(token.renewedMs), last_renewal_time: Math.floor(token.renewedMs / 1000) }),
    ...(token.periodSec === 0 ? {} : { period: token.periodSec }),
    ...(token.role === undefined ? {} : { role: token.role }),
  };
}

/** A token as its maker, or who renews it, gets it. */
export function showAuth(token: Token, durationSec: number): JsonObject {
  return {
    client_token: token.id,
    accessor: token.accessor,
    policies: token.policies,
    token_policies: token.policies,
    metadata: token.meta,
    lease_duration: durationSec,
    renewable: token.renewable,
    entity_id: token.entityId,
    token_type: 'service',
    orphan: token.parent === undefined,
  };
}

/** Whole seconds until a moment; 0 when there is none. */
export function remainingSec(expiresMs: number | undefined, nowMs: number): number {
  return expiresMs === undefined ? 0 : Math.max(0, Math.floor((expiresMs - nowMs) / 1000));
}
