import type { CallOptions, ConsulClient, KvEntry, WatchOptions } from '@raftainer/consul';
import type { ClaimInfo } from './claim-info.js';
import { claimInfoDecoder } from './claim-info.js';
import type { Claim, ClaimList, ClaimRequest, Claims } from './claims.js';
import { decodeJson } from './decoder.js';
import { encode } from './encode.js';
import { claimKey, folders, parseClaimKey } from './keys.js';
import type { WriteOptions } from './pods.js';
import type { SlotRef } from '@raftainer/pod-spec';
import type { WakeUp } from './wake-ups.js';
import { wakeUps } from './wake-ups.js';

/** {@link Claims} as session locks in Consul. What was decoded is kept while it stays the same: lists are re-read often. */
export class ConsulClaims implements Claims {
  readonly #consul: ConsulClient;
  readonly #prefix: string;
  #decoded: ReadonlyMap<string, Decoded> = new Map<string, Decoded>();

  constructor(consul: ConsulClient, prefix: string) {
    this.#consul = consul;
    this.#prefix = prefix;
  }

  async list(options?: CallOptions): Promise<readonly Claim[]> {
    return (await this.listAt(options)).claims;
  }

  async listAt(options?: CallOptions): Promise<ClaimList> {
    const { entries, index } = await this.#consul.kv.list(folders(this.#prefix).claims, {
      ...options,
      consistent: true,
    });
    const decoded = new Map(entries.map((entry) => [entry.key, this.#decode(entry)]));
    this.#decoded = decoded;
    return { claims: [...decoded.values()].flatMap(({ claim }) => claim ?? []), index };
  }

  /** By all that a claim is made of: a key that was deleted and made anew may have an index of before, on restored servers. */
  #decode(entry: KvEntry): Decoded {
    const known = this.#decoded.get(entry.key);
    if (known !== undefined && isSame(known.entry, entry)) return known;
    const slot = parseClaimKey(entry.key, this.#prefix);
    return { entry, claim: slot === undefined ? undefined : toClaim(slot, entry) };
  }

  async get(pod: string, index: number, options?: CallOptions): Promise<Claim | undefined> {
    const entry = await this.#consul.kv.get(claimKey(pod, index, this.#prefix), {
      ...options,
      consistent: true,
    });
    return entry && toClaim({ pod, index }, entry);
  }

  async acquire(slot: ClaimRequest, info: ClaimInfo, options?: CallOptions): Promise<boolean> {
    const key = claimKey(slot.pod, slot.index, this.#prefix);
    return this.#consul.kv.acquire(key, encodeInfo(slot, info), slot.session, options);
  }

  async update(slot: ClaimRequest, info: ClaimInfo, options?: CallOptions): Promise<boolean> {
    const key = claimKey(slot.pod, slot.index, this.#prefix);
    const value = encodeInfo(slot, info);
    // A bare acquire would take the slot anew when it is free; the check makes it a rewrite or nothing.
    const result = await this.#consul.kv.transaction(
      [
        { verb: 'check-session', key, session: slot.session },
        { verb: 'lock', key, value, session: slot.session },
      ],
      options,
    );
    return result.ok;
  }

  async release(slot: ClaimRequest, options?: CallOptions): Promise<boolean> {
    const key = claimKey(slot.pod, slot.index, this.#prefix);
    return this.#consul.kv.release(key, '', slot.session, options);
  }

  async remove(pod: string, index: number, options: WriteOptions = {}): Promise<boolean> {
    const { cas, ...call } = options;
    const claim = await this.get(pod, index, call);
    if (claim === undefined) {
      return cas === undefined;
    }
    if (claim.session !== undefined || (cas !== undefined && cas !== claim.modifyIndex)) {
      return false;
    }
    const key = claimKey(pod, index, this.#prefix);
    return this.#consul.kv.delete(key, { ...call, cas: claim.modifyIndex });
  }

  watch(options: WatchOptions): AsyncIterable<WakeUp> {
    return wakeUps(this.#consul, folders(this.#prefix).claims, options);
  }
}

/** An entry, and the claim that it is; undefined for a key that is none. */
interface Decoded {
  readonly entry: KvEntry;
  readonly claim: Claim | undefined;
}

function isSame(one: KvEntry, other: KvEntry): boolean {
  return (
    one.modifyIndex === other.modifyIndex &&
    one.lockIndex === other.lockIndex &&
    one.session === other.session &&
    one.value === other.value
  );
}

function encodeInfo(slot: ClaimRequest, info: ClaimInfo): string {
  return encode(`the claim of slot ${slot.pod}/${slot.index}`, info);
}

function toClaim(slot: SlotRef, entry: KvEntry): Claim {
  const { session, lockIndex: epoch, modifyIndex } = entry;
  const base = { ...slot, ...(session === undefined ? {} : { session }), epoch, modifyIndex };
  if (entry.value === '') {
    return base;
  }
  const decoded = decodeJson(entry.value, claimInfoDecoder);
  return decoded.ok ? { ...base, info: decoded.value } : { ...base, problem: decoded.problem };
}
