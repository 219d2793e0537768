import type { CallOptions, ConsulClient, TransactionOp } from '@raftainer/consul';
import type { SlotRef } from '@raftainer/pod-spec';
import type { ClaimRequest } from './claims.js';
import { decodeJson } from './decoder.js';
import { encode } from './encode.js';
import { claimKey, secretLeasesKey } from './keys.js';
import type { LeaseHolding, SecretLeaseRecord, SecretLeases } from './secret-leases.js';
import { secretLeaseInfoDecoder } from './secret-leases.js';

const FORMAT = 1;

/** {@link SecretLeases} in Consul. */
export class ConsulSecretLeases implements SecretLeases {
  readonly #consul: ConsulClient;
  readonly #prefix: string;

  constructor(consul: ConsulClient, prefix: string) {
    this.#consul = consul;
    this.#prefix = prefix;
  }

  async get({ pod, index }: SlotRef, options?: CallOptions): Promise<SecretLeaseRecord | undefined> {
    const entry = await this.#consul.kv.get(secretLeasesKey(pod, index, this.#prefix), options);
    if (entry === undefined) return undefined;
    const decoded = decodeJson(entry.value, secretLeaseInfoDecoder);
    const base = { pod, index, modifyIndex: entry.modifyIndex };
    return decoded.ok
      ? { ...base, holdings: decoded.value.holdings }
      : { ...base, holdings: [], problem: decoded.problem };
  }

  async put(
    { pod, index, session }: ClaimRequest,
    holdings: readonly LeaseHolding[],
    options?: CallOptions,
  ): Promise<boolean> {
    const key = secretLeasesKey(pod, index, this.#prefix);
    const value = encode(`the leases of slot ${pod}/${index}`, { version: FORMAT, holdings });
    const write: TransactionOp =
      holdings.length === 0 ? { verb: 'delete', key } : { verb: 'set', key, value };
    // One that lost the claim must not overwrite what the next holder wrote.
    const check: TransactionOp = { verb: 'check-session', key: claimKey(pod, index, this.#prefix), session };
    return (await this.#consul.kv.transaction([check, write], options)).ok;
  }

  async remove({ pod, index, modifyIndex }: SecretLeaseRecord, options?: CallOptions): Promise<boolean> {
    return this.#consul.kv.delete(secretLeasesKey(pod, index, this.#prefix), {
      ...options,
      cas: modifyIndex,
    });
  }
}
