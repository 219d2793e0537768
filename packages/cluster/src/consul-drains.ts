import type { CallOptions, ConsulClient, KvEntry, WatchOptions } from '@raftainer/consul';
import { decodeJson } from './decoder.js';
import type { Drain, DrainInfo, Drains } from './drains.js';
import { drainInfoDecoder } from './drains.js';
import { encode } from './encode.js';
import { drainKey, folders, parseDrainKey } from './keys.js';
import type { WakeUp } from './wake-ups.js';
import { wakeUps } from './wake-ups.js';

/** {@link Drains} in Consul. */
export class ConsulDrains implements Drains {
  readonly #consul: ConsulClient;
  readonly #prefix: string;

  constructor(consul: ConsulClient, prefix: string) {
    this.#consul = consul;
    this.#prefix = prefix;
  }

  async list(options?: CallOptions): Promise<readonly Drain[]> {
    const { entries } = await this.#consul.kv.list(folders(this.#prefix).drains, options);
    return entries.flatMap((entry) => {
      const host = parseDrainKey(entry.key, this.#prefix);
      return host === undefined ? [] : [toDrain(host, entry)];
    });
  }

  async get(host: string, options?: CallOptions): Promise<Drain | undefined> {
    const entry = await this.#consul.kv.get(drainKey(host, this.#prefix), options);
    return entry && toDrain(host, entry);
  }

  async put(host: string, info: DrainInfo, options?: CallOptions): Promise<void> {
    const key = drainKey(host, this.#prefix);
    await this.#consul.kv.set(key, encode(`the drain of host "${host}"`, info), options);
  }

  async remove(host: string, options?: CallOptions): Promise<void> {
    await this.#consul.kv.delete(drainKey(host, this.#prefix), options);
  }

  watch(options: WatchOptions): AsyncIterable<WakeUp> {
    return wakeUps(this.#consul, folders(this.#prefix).drains, options);
  }
}

function toDrain(host: string, entry: KvEntry): Drain {
  const decoded = decodeJson(entry.value, drainInfoDecoder);
  const base = { host, modifyIndex: entry.modifyIndex };
  return decoded.ok ? { ...base, info: decoded.value } : { ...base, problem: decoded.problem };
}
