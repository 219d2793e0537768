import { durationText } from '../wire/durations.js';

/** What anything lives when nobody says otherwise, and at most: 32 days, as in Vault. */
export const DEFAULT_TTL_SEC = 2_764_800;

/** Whose time is to be set. */
export interface TtlWish {
  /** What was asked for; 0 = nothing. */
  readonly wantedSec: number;
  /** What is given when nothing was asked for; 0 = the server's default. */
  readonly defaultSec: number;
  /** Upper bounds of the whole life, counted from its issue; 0 = no bound. */
  readonly maximaSec: readonly number[];
  /** What the mount allows in place of the server's own maximum; 0 = nothing else. */
  readonly mountMaxSec?: number;
  readonly issuedMs: number;
  readonly nowMs: number;
}

/** The time that is given. */
export interface BoundedTtl {
  /** Not positive once the maximum has passed. */
  readonly ttlSec: number;
  readonly warnings: readonly string[] | undefined;
}

/** Vault's rule: what was asked for, but never beyond the maximum since the issue. It counts in whole seconds. */
export function boundedTtl(wish: TtlWish): BoundedTtl {
  const maxSec = smallest([...wish.maximaSec, (wish.mountMaxSec ?? 0) || DEFAULT_TTL_SEC]);
  const ageSec = Math.floor(wish.nowMs / 1000) - Math.floor(wish.issuedMs / 1000);
  const left = maxSec - ageSec;
  const ttl = wish.wantedSec > 0 ? wish.wantedSec : wish.defaultSec > 0 ? wish.defaultSec : DEFAULT_TTL_SEC;
  if (ttl <= left) return { ttlSec: ttl, warnings: undefined };
  if (wish.wantedSec === 0) return { ttlSec: left, warnings: undefined };
  const text = `TTL of "${durationText(ttl)}" exceeded the effective max_ttl of "${durationText(Math.max(left, 0))}"; TTL value is capped accordingly`;
  return { ttlSec: left, warnings: [text] };
}

/** The smallest of the bounds, where 0 is none. */
function smallest(bounds: readonly number[]): number {
  return Math.min(...bounds.filter((bound) => bound > 0));
}
