import type { CallOptions, ConsulClient, KvEntry, WatchOptions } from '@raftainer/consul';
import type { SlotRef } from '@raftainer/pod-spec';
import { decodeJson } from './decoder.js';
import { encode } from './encode.js';
import { folders, moveKey, parseMoveKey } from './keys.js';
import type { Move, MoveInfo, Moves } from './moves.js';
import { moveInfoDecoder } from './moves.js';
import type { WakeUp } from './wake-ups.js';
import { wakeUps } from './wake-ups.js';

/** {@link Moves} in Consul. */
export class ConsulMoves implements Moves {
  readonly #consul: ConsulClient;
  readonly #prefix: string;

  constructor(consul: ConsulClient, prefix: string) {
    this.#consul = consul;
    this.#prefix = prefix;
  }

  async list(options?: CallOptions): Promise<readonly Move[]> {
    const { entries } = await this.#consul.kv.list(folders(this.#prefix).moves, options);
    return entries.flatMap((entry) => {
      const slot = parseMoveKey(entry.key, this.#prefix);
      return slot === undefined ? [] : [toMove(slot, entry)];
    });
  }

  async put({ pod, index }: SlotRef, info: MoveInfo, options?: CallOptions): Promise<void> {
    const key = moveKey(pod, index, this.#prefix);
    await this.#consul.kv.set(key, encode(`the move of slot ${pod}/${index}`, info), options);
  }

  async remove({ pod, index }: SlotRef, options?: CallOptions): Promise<void> {
    await this.#consul.kv.delete(moveKey(pod, index, this.#prefix), options);
  }

  watch(options: WatchOptions): AsyncIterable<WakeUp> {
    return wakeUps(this.#consul, folders(this.#prefix).moves, options);
  }
}

function toMove(slot: SlotRef, entry: KvEntry): Move {
  const decoded = decodeJson(entry.value, moveInfoDecoder);
  const base = { ...slot, modifyIndex: entry.modifyIndex };
  return decoded.ok ? { ...base, info: decoded.value } : { ...base, problem: decoded.problem };
}
