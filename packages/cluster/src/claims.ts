import type { CallOptions, WatchOptions } from '@raftainer/consul';
import type { ClaimInfo } from './claim-info.js';
import type { WriteOptions } from './pods.js';
import type { WakeUp } from './wake-ups.js';

/** The lock of one slot, held or not. */
export interface Claim {
  readonly pod: string;
  readonly index: number;
  /** The session that holds the slot; absent when nobody does. */
  readonly session?: string;
  /** Consul's `LockIndex`: grows with every new holder, so it tells an old holder from a newer one. */
  readonly epoch: number;
  readonly modifyIndex: number;
  /** What the holder wrote; without a session, what the last holder left. Absent when empty or malformed. */
  readonly info?: ClaimInfo;
  /** Why `info` is absent although there is a value. */
  readonly problem?: string;
}

/** All claims at one moment. */
export interface ClaimList {
  readonly claims: readonly Claim[];
  /** Consul's index of the folder, to be compared with that of a watch. */
  readonly index: number;
}

/**
 * The claims. Every failed read throws; an empty folder is an empty list. Reads are consistent: what one shows is never older
 * than the last write that anybody was told of, or a slot could seem to be held by whom it was taken from.
 */
export interface Claims {
  /** All claims; keys that are no claim are left out. */
  list(options?: CallOptions): Promise<readonly Claim[]>;
  /** The same, with the index at which it was so. */
  listAt(options?: CallOptions): Promise<ClaimList>;
  get(pod: string, index: number, options?: CallOptions): Promise<Claim | undefined>;
  /**
   * Takes a free slot. False when another session holds it or its lock delay runs. Every attempt is a write
   * in Consul, also a losing one: look first.
   */
  acquire(slot: ClaimRequest, info: ClaimInfo, options?: CallOptions): Promise<boolean>;
  /** Rewrites what a held claim says. False, and nothing written, when this session does not hold it. */
  update(slot: ClaimRequest, info: ClaimInfo, options?: CallOptions): Promise<boolean>;
  /** Gives a slot up and empties what the claim says. False when this session does not hold it. */
  release(slot: ClaimRequest, options?: CallOptions): Promise<boolean>;
  /** Deletes the claim of a slot that is no more. False when somebody holds it, or `cas` did not match. */
  remove(pod: string, index: number, options?: WriteOptions): Promise<boolean>;
  /** Wakes at once and whenever a claim changes. */
  watch(options: WatchOptions): AsyncIterable<WakeUp>;
}

/** A slot and the session that it is asked for. */
export interface ClaimRequest {
  readonly pod: string;
  readonly index: number;
  readonly session: string;
}
