import type { CallOptions, WatchOptions } from '@raftainer/consul';
import type { Decoder } from './decoder.js';
import { object, optional, string } from './decoder.js';
import type { WakeUp } from './wake-ups.js';

/** What is written about a host that is to be emptied. */
export interface DrainInfo {
  /** When the drain was asked for, ISO 8601. */
  readonly since: string;
  /** For people. */
  readonly reason?: string;
}

/** A host that is being drained: the record being there is what says so, whatever its value. */
export interface Drain {
  readonly host: string;
  readonly modifyIndex: number;
  /** Absent when malformed. */
  readonly info?: DrainInfo;
  /** Why `info` is absent. */
  readonly problem?: string;
}

/** The drains, written by whoever operates the cluster. Every failed read throws; an empty folder is an empty list. */
export interface Drains {
  /** All drains; keys that name no host are left out. */
  list(options?: CallOptions): Promise<readonly Drain[]>;
  get(host: string, options?: CallOptions): Promise<Drain | undefined>;
  /** Asks a host to hand over what it has and to take nothing new; it need not be present. */
  put(host: string, info: DrainInfo, options?: CallOptions): Promise<void>;
  /** Ends a drain; one that is not there is no error. */
  remove(host: string, options?: CallOptions): Promise<void>;
  /** Wakes at once and whenever a drain begins or ends. */
  watch(options: WatchOptions): AsyncIterable<WakeUp>;
}

export const drainInfoDecoder: Decoder<DrainInfo> = object<DrainInfo>({
  since: string,
  reason: optional(string),
});
