import type { CallOptions, ConsulClient, KvEntry, WatchOptions } from '@raftainer/consul';
import { decodeJson } from './decoder.js';
import { encode } from './encode.js';
import { folders, parseVerdictsKey, verdictsKey } from './keys.js';
import type { PodVerdict } from './pod-verdict.js';
import { verdictsDecoder } from './pod-verdict.js';
import type { HostVerdicts, Verdicts } from './verdicts.js';
import type { WakeUp } from './wake-ups.js';
import { wakeUps } from './wake-ups.js';

/** {@link Verdicts} in Consul. */
export class ConsulVerdicts implements Verdicts {
  readonly #consul: ConsulClient;
  readonly #prefix: string;

  constructor(consul: ConsulClient, prefix: string) {
    this.#consul = consul;
    this.#prefix = prefix;
  }

  async list(options?: CallOptions): Promise<readonly HostVerdicts[]> {
    const { entries } = await this.#consul.kv.list(folders(this.#prefix).verdicts, options);
    return entries.flatMap((entry) => {
      const host = parseVerdictsKey(entry.key, this.#prefix);
      return host === undefined ? [] : [toVerdicts(host, entry)];
    });
  }

  async put(host: string, verdicts: readonly PodVerdict[], options?: CallOptions): Promise<void> {
    const key = verdictsKey(host, this.#prefix);
    await this.#consul.kv.set(key, encode(`the verdicts of host "${host}"`, verdicts), options);
  }

  async remove(host: string, options?: CallOptions): Promise<void> {
    await this.#consul.kv.delete(verdictsKey(host, this.#prefix), options);
  }

  watch(options: WatchOptions): AsyncIterable<WakeUp> {
    return wakeUps(this.#consul, folders(this.#prefix).verdicts, options);
  }
}

function toVerdicts(host: string, entry: KvEntry): HostVerdicts {
  const decoded = decodeJson(entry.value, verdictsDecoder);
  const base = { host, modifyIndex: entry.modifyIndex };
  return decoded.ok
    ? { ...base, verdicts: decoded.value }
    : { ...base, verdicts: [], problem: decoded.problem };
}
