import { setTimeout as sleep } from 'node:timers/promises';

import { messageOf } from '../agent-error.js';
import { after } from './after.js';
import { isOutage } from './secret-error.js';

import type { LeasedEntry } from './leased-entry.js';
import type { Lease, VaultClient } from '@raftainer/vault';

/** What becomes of something that is kept alive. */
export interface LifeEvents {
  /** It can be kept, or cannot be at the moment. */
  readonly onChange: () => void;
  /** It ends soon, or has ended: something else has to take its place. */
  readonly onEnding: () => void;
}

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

/** Keeps a lease renewed until its entry is stopped. */
export function keepAlive(entry: LeasedEntry, lease: Lease, { onChange, onEnding }: LifeEvents): void {
  const renewed = (durationSec: number): void => {
    entry.expiresAt = Date.now() + durationSec * 1_000;
    if (entry.trouble === undefined) return;
    delete entry.trouble;
    onChange();
  };
  renewed(lease.durationSec);
  const kept = entry.question?.client.leases.keep(lease, {
    onRenewed: ({ durationSec }) => {
      renewed(durationSec);
    },
    onFailing: (error) => {
      failing(entry, error, onChange);
    },
    onEnding,
  });
  entry.stop = () => {
    kept?.stop();
  };
}

/** What taking up a lease of an earlier run needs. */
export interface Resumption {
  readonly client: VaultClient;
  /** Nothing has taken the entry's place. */
  readonly isCurrent: () => boolean;
  readonly signal: AbortSignal;
}

/** Takes up a lease of an earlier run: it is renewed at once, to see whether it is still there, and kept. */
export async function resume(
  entry: LeasedEntry,
  { client, isCurrent, signal }: Resumption,
  events: LifeEvents,
): Promise<void> {
  const { lease } = entry;
  for (let failures = 0; lease !== undefined && !signal.aborted; failures += 1) {
    try {
      const renewed = await client.leases.renew(lease, { signal });
      if (isCurrent() && !isOver(signal)) keepAlive(entry, { ...renewed, id: lease }, events);
      return;
    } catch (error: unknown) {
      if (isOver(signal) || !isCurrent()) return;
      if (!isOutage(error)) {
        events.onEnding();
        return;
      }
      failing(entry, error, events.onChange);
      await pause(failures, signal);
    }
  }
}

/** Whether there is nothing to do any more; a function, since that changes while something is awaited. */
export function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Tells when so much of a certificate's life is over; it cannot be renewed. */
export function watchCertificate(entry: LeasedEntry, part: number, { onEnding }: LifeEvents): void {
  const leftMs = Math.max(0, (entry.expiresAt ?? 0) - Date.now());
  entry.stop = after(leftMs * part * (1 - Math.random() / 20), onEnding);
}

/** Notes since when an entry cannot be kept, or replaced. */
export function failing(entry: LeasedEntry, error: unknown, onChange: () => void): void {
  if (entry.trouble !== undefined) return;
  const since = Date.now();
  entry.trouble = isOutage(error) ? { since } : { since, problem: messageOf(error) };
  onChange();
}

/** Waits before the next try: doubling, half of it random. */
export async function pause(failures: number, signal: AbortSignal): Promise<void> {
  const full = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures, 10));
  const delay = full / 2 + (Math.random() * full) / 2;
  await sleep(delay, undefined, { signal, ref: false }).catch(() => undefined);
}
