import type { ConsulError } from '../consul-error.js';

/** How a watch waits, and how it bears failures. */
export interface WatchOptions {
  /** Ends the iteration, without an error. */
  readonly signal?: AbortSignal;
  /** Longest time of one blocking query, in milliseconds. Default 300 000; Consul caps it at 600 000. */
  readonly waitMs?: number;
  /** Shortest time between the starts of two queries, in milliseconds. Default 20. */
  readonly minIntervalMs?: number;
  /** Pauses after failures. Default: 100 ms, doubling up to 10 000 ms, half of it random. */
  readonly backoff?: BackoffOptions;
  /** Told of every failed query. The watch goes on by itself. Must not throw. */
  readonly onError?: (error: ConsulError) => void;
}

/** An exponential back-off. */
export interface BackoffOptions {
  /** First pause, in milliseconds. Default 100. */
  readonly initialMs?: number;
  /** Longest pause, in milliseconds. Default 10 000. */
  readonly maxMs?: number;
}

/** One observed state. */
export interface WatchUpdate<T> {
  /** `X-Consul-Index` of the read. Falls when the servers were rebuilt or restored from a snapshot. */
  readonly index: number;
  /** The whole state, not a difference. */
  readonly value: T;
}
