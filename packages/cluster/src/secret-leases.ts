import type { CallOptions } from '@raftainer/consul';
import type { SlotRef } from '@raftainer/pod-spec';
import type { ClaimRequest } from './claims.js';
import type { Decoder } from './decoder.js';
import { array, number, object, string } from './decoder.js';

/** What one claim of a slot was given by Vault, to be taken back when the claim is over: ids, which open nothing. */
export interface LeaseHolding {
  /** Of the claim that it was given under. */
  readonly epoch: number;
  readonly host: string;
  /** Ids of leases. */
  readonly leases: readonly string[];
  /** Accessors of tokens that were made for the slot alone. */
  readonly tokens: readonly string[];
}

/** The stored record of one slot. */
export interface SecretLeaseRecord extends SlotRef {
  readonly modifyIndex: number;
  /** Those of the present holder, and those of earlier ones that are still to be revoked. Empty when malformed. */
  readonly holdings: readonly LeaseHolding[];
  /** Why `holdings` is empty although there is a value. */
  readonly problem?: string;
}

/** What slots were given by Vault. Every failed read throws. Not bound to a session: it must outlive its writer. */
export interface SecretLeases {
  get(slot: SlotRef, options?: CallOptions): Promise<SecretLeaseRecord | undefined>;
  /** Writes the record of a slot that the session holds; none held removes it. False, and nothing written, when the session does not hold it. */
  put(claim: ClaimRequest, holdings: readonly LeaseHolding[], options?: CallOptions): Promise<boolean>;
  /** Removes the record of a slot that nobody holds, as it was read. False when it has changed since. */
  remove(record: SecretLeaseRecord, options?: CallOptions): Promise<boolean>;
}

const holding: Decoder<LeaseHolding> = object<LeaseHolding>({
  epoch: number,
  host: string,
  leases: array(string),
  tokens: array(string),
});

/** Content of the record. */
export interface SecretLeaseInfo {
  /** Of this format. */
  readonly version: number;
  readonly holdings: readonly LeaseHolding[];
}

export const secretLeaseInfoDecoder: Decoder<SecretLeaseInfo> = object<SecretLeaseInfo>({
  version: number,
  holdings: array(holding),
});
