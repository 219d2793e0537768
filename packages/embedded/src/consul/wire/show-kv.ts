import type { KvEntry } from '../state/records.js';

/** Written by JSON.stringify as it is; larger flags take the long way. */
const MAX_PLAIN = BigInt(Number.MAX_SAFE_INTEGER);

/** A key as the API shows it: the value in base64, `null` when empty. */
export function showKv(entry: KvEntry): Readonly<Record<string, unknown>> {
  return {
    LockIndex: entry.lockIndex,
    Key: entry.key,
    Flags: entry.flags <= MAX_PLAIN ? Number(entry.flags) : entry.flags,
    Value: entry.value.length === 0 ? null : entry.value.toString('base64'),
    // JSON leaves out what is undefined.
    Session: entry.session,
    CreateIndex: entry.createIndex,
    ModifyIndex: entry.modifyIndex,
  };
}

/** The same without the value, as transactions show what they wrote. */
export function showKvWritten(entry: KvEntry): Readonly<Record<string, unknown>> {
  return { ...showKv(entry), Value: null };
}
