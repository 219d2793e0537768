import type { ConsulClient, WatchOptions } from '@raftainer/consul';

/** That something under a folder changed; what it is now is for the reader to read. */
export interface WakeUp {
  /** Consul's index of the change. */
  readonly index: number;
}

/**
 * One wake-up at once and one for every change under the folder. Failures are retried for ever and go to
 * `onError`; it ends when `signal` is aborted.
 */
export async function* wakeUps(
  consul: ConsulClient,
  folder: string,
  options: WatchOptions,
): AsyncGenerator<WakeUp, void, undefined> {
  // Names of one level only: a wake-up must not cost the transfer of every record, on every host, for every change.
  for await (const { index } of consul.watchKeys(folder, { ...options, separator: '/' })) {
    yield { index };
  }
}
