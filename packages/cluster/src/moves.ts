import type { CallOptions, WatchOptions } from '@raftainer/consul';
import type { SlotRef } from '@raftainer/pod-spec';
import type { Decoder } from './decoder.js';
import { number, object, string } from './decoder.js';
import type { WakeUp } from './wake-ups.js';

/**
 * That a held slot should go to another host. It is about one claim: once anybody else has taken the slot, the epoch is
 * another one and the record says nothing any more, so one that is left behind moves nothing.
 */
export interface MoveInfo {
  /** The host that holds the slot. */
  readonly from: string;
  /** The host that should take it. */
  readonly to: string;
  /** Of the claim that is to be given up. */
  readonly epoch: number;
  /** When the move was asked for, ISO 8601. */
  readonly since: string;
}

/** The stored record of one move. */
export interface Move extends SlotRef {
  readonly modifyIndex: number;
  /** Absent when malformed: nothing moves then. */
  readonly info?: MoveInfo;
  /** Why `info` is absent. */
  readonly problem?: string;
}

/** The moves, written by whoever operates the cluster. Every failed read throws; an empty folder is an empty list. */
export interface Moves {
  /** All moves; keys of no slot are left out. */
  list(options?: CallOptions): Promise<readonly Move[]>;
  /** Asks the holder to give the slot up for another host, as it would when draining. */
  put(slot: SlotRef, info: MoveInfo, options?: CallOptions): Promise<void>;
  /** Takes a move back, or tidies up after it; one that is not there is no error. */
  remove(slot: SlotRef, options?: CallOptions): Promise<void>;
  /** Wakes at once and whenever a move is asked for or taken back. */
  watch(options: WatchOptions): AsyncIterable<WakeUp>;
}

export const moveInfoDecoder: Decoder<MoveInfo> = object<MoveInfo>({
  from: string,
  to: string,
  epoch: number,
  since: string,
});
