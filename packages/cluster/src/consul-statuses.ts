import type { CallOptions, ConsulClient, KvEntry, WatchOptions } from '@raftainer/consul';
import { decodeJson } from './decoder.js';
import { encode } from './encode.js';
import { claimKey, folders, parseStatusKey, podStatusFolder, statusKey } from './keys.js';
import type { SlotRef } from '@raftainer/pod-spec';
import type { SlotStatus } from './slot-status.js';
import { slotStatusDecoder } from './slot-status.js';
import type { StatusRecord, Statuses, StatusWriteOptions } from './statuses.js';
import type { WakeUp } from './wake-ups.js';
import { wakeUps } from './wake-ups.js';

/** {@link Statuses} in Consul. */
export class ConsulStatuses implements Statuses {
  readonly #consul: ConsulClient;
  readonly #prefix: string;

  constructor(consul: ConsulClient, prefix: string) {
    this.#consul = consul;
    this.#prefix = prefix;
  }

  async list(options?: CallOptions): Promise<readonly StatusRecord[]> {
    return this.#under(folders(this.#prefix).statuses, options);
  }

  async listFor(pod: string, options?: CallOptions): Promise<readonly StatusRecord[]> {
    return this.#under(podStatusFolder(pod, this.#prefix), options);
  }

  async put(status: SlotStatus, { holder, ...call }: StatusWriteOptions = {}): Promise<boolean> {
    const { pod, index } = status;
    const key = statusKey(pod, index, this.#prefix);
    const value = encode(`the status of slot ${pod}/${index}`, status);
    if (holder === undefined) {
      await this.#consul.kv.set(key, value, call);
      return true;
    }
    const lock = claimKey(pod, index, this.#prefix);
    const { ok } = await this.#consul.kv.transaction(
      [
        { verb: 'check-session', key: lock, session: holder },
        { verb: 'set', key, value },
      ],
      call,
    );
    return ok;
  }

  async remove(pod: string, index: number, options?: CallOptions): Promise<void> {
    await this.#consul.kv.delete(statusKey(pod, index, this.#prefix), options);
  }

  watch(options: WatchOptions): AsyncIterable<WakeUp> {
    return wakeUps(this.#consul, folders(this.#prefix).statuses, options);
  }

  async #under(folder: string, options?: CallOptions): Promise<readonly StatusRecord[]> {
    const { entries } = await this.#consul.kv.list(folder, options);
    return entries.flatMap((entry) => {
      const slot = parseStatusKey(entry.key, this.#prefix);
      return slot === undefined ? [] : [toStatus(slot, entry)];
    });
  }
}

function toStatus(slot: SlotRef, entry: KvEntry): StatusRecord {
  const base = { ...slot, modifyIndex: entry.modifyIndex };
  const decoded = decodeJson(entry.value, slotStatusDecoder);
  if (!decoded.ok) {
    return { ...base, problem: decoded.problem };
  }
  const { value: status } = decoded;
  return status.pod === slot.pod && status.index === slot.index
    ? { ...base, status }
    : { ...base, problem: `is the status of ${status.pod}/${status.index}` };
}
