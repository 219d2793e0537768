import type { CallOptions, WatchOptions } from '@raftainer/consul';
import type { PodVerdict } from './pod-verdict.js';
import type { WakeUp } from './wake-ups.js';

/** What one host answers about the pods. */
export interface HostVerdicts {
  readonly host: string;
  readonly modifyIndex: number;
  /** Empty when malformed. */
  readonly verdicts: readonly PodVerdict[];
  /** Why `verdicts` is empty although there is a value. */
  readonly problem?: string;
}

/** The hosts' verdicts. Every failed read throws; an empty folder is an empty list. */
export interface Verdicts {
  /** Those of all hosts; keys that name no host are left out. */
  list(options?: CallOptions): Promise<readonly HostVerdicts[]>;
  /** Writes what a host answers. The caller writes only what changed. Throws `CLUSTER_VALUE_TOO_LARGE`. */
  put(host: string, verdicts: readonly PodVerdict[], options?: CallOptions): Promise<void>;
  /** Removes a host's verdicts; none there is no error. */
  remove(host: string, options?: CallOptions): Promise<void>;
  /** Wakes at once and whenever a host answers differently. */
  watch(options: WatchOptions): AsyncIterable<WakeUp>;
}
