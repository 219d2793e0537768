import type { KvEntry } from './kv-entry.js';

/** A key as Consul's HTTP API spells it; the value in base64. */
export interface RawEntry {
  readonly Key: string;
  readonly Value?: string | null;
  readonly Flags?: number;
  readonly Session?: string;
  readonly LockIndex?: number;
  readonly CreateIndex?: number;
  readonly ModifyIndex?: number;
}

/** An entry with its value as text. */
export function decodeEntry(raw: RawEntry): KvEntry {
  return {
    key: raw.Key,
    value: Buffer.from(raw.Value ?? '', 'base64').toString('utf8'),
    flags: raw.Flags ?? 0,
    ...(raw.Session === undefined || raw.Session === '' ? {} : { session: raw.Session }),
    lockIndex: raw.LockIndex ?? 0,
    createIndex: raw.CreateIndex ?? 0,
    modifyIndex: raw.ModifyIndex ?? 0,
  };
}
