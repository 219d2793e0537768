import type { CallOptions, ConsulClient, KvEntry, WatchOptions } from '@raftainer/consul';
import { decodeJson } from './decoder.js';
import { encode } from './encode.js';
import type { HostRecord } from './host-record.js';
import { hostRecordDecoder } from './host-record.js';
import type { Host, HostAcquisition, Hosts } from './hosts.js';
import { folders, hostKey, parseHostKey } from './keys.js';
import type { WakeUp } from './wake-ups.js';
import { wakeUps } from './wake-ups.js';

/** {@link Hosts} as session locks in Consul. */
export class ConsulHosts implements Hosts {
  readonly #consul: ConsulClient;
  readonly #prefix: string;

  constructor(consul: ConsulClient, prefix: string) {
    this.#consul = consul;
    this.#prefix = prefix;
  }

  async list(options?: CallOptions): Promise<readonly Host[]> {
    const { entries } = await this.#consul.kv.list(folders(this.#prefix).hosts, options);
    return entries.flatMap((entry) => {
      const host = parseHostKey(entry.key, this.#prefix);
      return host === undefined ? [] : [toHost(host, entry)];
    });
  }

  async get(host: string, options?: CallOptions): Promise<Host | undefined> {
    // A server that has just started shows records of the past: an agent would take its own last run for another one.
    const entry = await this.#consul.kv.get(hostKey(host, this.#prefix), { ...options, consistent: true });
    return entry && toHost(host, entry);
  }

  async acquire(session: string, record: HostRecord, options?: CallOptions): Promise<HostAcquisition> {
    const key = hostKey(record.host, this.#prefix);
    if (await this.#consul.kv.acquire(key, encodeRecord(record), session, options)) {
      return { acquired: true };
    }
    const holder = await this.get(record.host, options);
    return holder === undefined ? { acquired: false } : { acquired: false, holder };
  }

  async update(session: string, record: HostRecord, options?: CallOptions): Promise<boolean> {
    const key = hostKey(record.host, this.#prefix);
    const value = encodeRecord(record);
    const result = await this.#consul.kv.transaction(
      [
        { verb: 'check-session', key, session },
        { verb: 'lock', key, value, session },
      ],
      options,
    );
    return result.ok;
  }

  async release(session: string, record: HostRecord, options?: CallOptions): Promise<boolean> {
    const key = hostKey(record.host, this.#prefix);
    return this.#consul.kv.release(key, encodeRecord(record), session, options);
  }

  async remove(host: string, options?: CallOptions): Promise<boolean> {
    const known = await this.get(host, options);
    if (known === undefined) {
      return true;
    }
    if (known.session !== undefined) {
      return false;
    }
    return this.#consul.kv.delete(hostKey(host, this.#prefix), { ...options, cas: known.modifyIndex });
  }

  watch(options: WatchOptions): AsyncIterable<WakeUp> {
    return wakeUps(this.#consul, folders(this.#prefix).hosts, options);
  }
}

function encodeRecord(record: HostRecord): string {
  return encode(`the record of host "${record.host}"`, record);
}

function toHost(host: string, entry: KvEntry): Host {
  const { session, modifyIndex } = entry;
  const base = { host, ...(session === undefined ? {} : { session }), modifyIndex };
  if (entry.value === '') {
    return base;
  }
  const decoded = decodeJson(entry.value, hostRecordDecoder);
  return decoded.ok ? { ...base, record: decoded.value } : { ...base, problem: decoded.problem };
}
