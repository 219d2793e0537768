import type { CallOptions, WatchOptions } from '@raftainer/consul';
import type { ParseResult } from '@raftainer/pod-spec';
import type { WakeUp } from './wake-ups.js';

/** A stored pod definition, as it was found. */
export interface PodRecord {
  /** The name in the key, which is the record's identity even when it is no valid pod name. */
  readonly name: string;
  readonly createIndex: number;
  /** For `cas`. */
  readonly modifyIndex: number;
  /** The pod, or all that is wrong: JSON, fields, a name that is not the key's, a key no pod can have. */
  readonly result: ParseResult;
}

/** All definitions at one index. */
export interface PodList {
  /** In the order of their names. */
  readonly pods: readonly PodRecord[];
  /** Consul's index of the read. */
  readonly index: number;
}

/** Options of a write that can be made conditional. */
export interface WriteOptions extends CallOptions {
  /** Write only while the record's `modifyIndex` is this; 0: only while there is none. */
  readonly cas?: number;
}

/** What {@link Pods.scale} did. */
export interface ScaleResult {
  readonly name: string;
  /** The number before. */
  readonly from: number;
  readonly to: number;
  /** False when the number was this already and nothing was written. */
  readonly changed: boolean;
}

/** The pod definitions. Every failed read throws; an empty folder is an empty list. Reads are consistent, as those of claims. */
export interface Pods {
  /** All definitions, the malformed ones too. */
  list(options?: CallOptions): Promise<PodList>;
  /** One definition, by its name or by the text that stands for it in the key. */
  get(name: string, options?: CallOptions): Promise<PodRecord | undefined>;
  /**
   * Stores a definition: data is written as indented JSON, a string as it is. It is not parsed here.
   * False when `cas` did not match. Throws `CLUSTER_INVALID_NAME`, `CLUSTER_NAME_MISMATCH` and
   * `CLUSTER_VALUE_TOO_LARGE` before anything is sent.
   */
  put(name: string, definition: unknown, options?: WriteOptions): Promise<boolean>;
  /** Removes a definition, a malformed one too. False when `cas` did not match. */
  remove(name: string, options?: WriteOptions): Promise<boolean>;
  /**
   * Sets `instances` and keeps every other character of the definition, whoever else edits it meanwhile.
   * Throws `CLUSTER_POD_NOT_FOUND`, `CLUSTER_POD_INVALID` and, after many lost races, `CLUSTER_CONFLICT`.
   */
  scale(name: string, instances: number, options?: CallOptions): Promise<ScaleResult>;
  /** Wakes at once and whenever a definition changes. */
  watch(options: WatchOptions): AsyncIterable<WakeUp>;
}
