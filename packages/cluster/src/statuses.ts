import type { CallOptions, WatchOptions } from '@raftainer/consul';
import type { SlotStatus } from './slot-status.js';
import type { WakeUp } from './wake-ups.js';

/** The stored status of one slot. */
export interface StatusRecord {
  readonly pod: string;
  readonly index: number;
  readonly modifyIndex: number;
  /** Absent when malformed, or of another slot than its key. */
  readonly status?: SlotStatus;
  /** Why `status` is absent. */
  readonly problem?: string;
}

/** How to write a status. */
export interface StatusWriteOptions extends CallOptions {
  /** Write only while this session holds the slot. Absent: whoever holds it. */
  readonly holder?: string;
}

/** The slots' statuses. Every failed read throws; an empty folder is an empty list. */
export interface Statuses {
  /** The statuses of all slots; keys of no slot are left out. */
  list(options?: CallOptions): Promise<readonly StatusRecord[]>;
  /** Those of one pod. */
  listFor(pod: string, options?: CallOptions): Promise<readonly StatusRecord[]>;
  /** Writes a status; the caller writes only what changed. False, and nothing written, when `holder` does not hold the slot. */
  put(status: SlotStatus, options?: StatusWriteOptions): Promise<boolean>;
  /** Removes a status; one that is not there is no error. */
  remove(pod: string, index: number, options?: CallOptions): Promise<void>;
  /** Wakes at once and whenever a status changes. */
  watch(options: WatchOptions): AsyncIterable<WakeUp>;
}
