import type { CallOptions, ConsulClient, KvEntry, WatchOptions } from '@raftainer/consul';
import type { ParseResult } from '@raftainer/pod-spec';
import { encodePod } from './encode-pod.js';
import { folders, listedPodKey, parsePodConfigKey, podConfigKey } from './keys.js';
import { parseRecord } from './parse-record.js';
import type { PodList, PodRecord, Pods, ScaleResult, WriteOptions } from './pods.js';
import { scalePod } from './scale-pod.js';
import type { WakeUp } from './wake-ups.js';
import { wakeUps } from './wake-ups.js';

interface Parsed {
  readonly text: string;
  readonly result: ParseResult;
}

/** {@link Pods} in Consul. What was parsed is kept while its text stays the same, as lists are re-read often. */
export class ConsulPods implements Pods {
  readonly #consul: ConsulClient;
  readonly #prefix: string;
  #parsed: ReadonlyMap<string, Parsed> = new Map<string, Parsed>();

  constructor(consul: ConsulClient, prefix: string) {
    this.#consul = consul;
    this.#prefix = prefix;
  }

  async list(options?: CallOptions): Promise<PodList> {
    const { entries, index } = await this.#consul.kv.list(folders(this.#prefix).pods, {
      ...options,
      consistent: true,
    });
    const parsed = new Map<string, Parsed>();
    const pods: PodRecord[] = [];
    for (const entry of entries) {
      const name = parsePodConfigKey(entry.key, this.#prefix);
      if (name !== undefined) {
        const known = this.#parse(name, entry.value);
        parsed.set(name, known);
        pods.push(toRecord(name, entry, known.result));
      }
    }
    this.#parsed = parsed;
    return { pods, index };
  }

  async get(name: string, options?: CallOptions): Promise<PodRecord | undefined> {
    const entry = await this.#consul.kv.get(listedPodKey(name, this.#prefix), {
      ...options,
      consistent: true,
    });
    return entry && toRecord(name, entry, this.#parse(name, entry.value).result);
  }

  async put(name: string, definition: unknown, options: WriteOptions = {}): Promise<boolean> {
    const key = podConfigKey(name, this.#prefix);
    const text = encodePod(name, definition);
    const { cas, ...call } = options;
    if (cas !== undefined) {
      return this.#consul.kv.cas(key, text, cas, call);
    }
    await this.#consul.kv.set(key, text, call);
    return true;
  }

  async remove(name: string, options?: WriteOptions): Promise<boolean> {
    return this.#consul.kv.delete(listedPodKey(name, this.#prefix), options);
  }

  async scale(name: string, instances: number, options?: CallOptions): Promise<ScaleResult> {
    return scalePod({ kv: this.#consul.kv, key: podConfigKey(name, this.#prefix), name, instances }, options);
  }

  watch(options: WatchOptions): AsyncIterable<WakeUp> {
    return wakeUps(this.#consul, folders(this.#prefix).pods, options);
  }

  #parse(name: string, text: string): Parsed {
    const known = this.#parsed.get(name);
    return known?.text === text ? known : { text, result: parseRecord(name, text) };
  }
}

function toRecord(name: string, entry: KvEntry, result: ParseResult): PodRecord {
  return { name, createIndex: entry.createIndex, modifyIndex: entry.modifyIndex, result };
}
