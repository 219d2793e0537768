import type { SlotId } from '@raftainer/pod-spec';
import type { Fleet } from './fleet.js';

/**
 * The hosts that hold slots. Where a claim's record cannot be read, the session under which it is held tells the host. Slots of a
 * holder that nothing names are left out.
 */
export function holdersOf(fleet: Fleet): ReadonlyMap<SlotId, string> {
  const bySession = new Map<string, string>();
  for (const { host, record } of fleet.hosts) {
    for (const session of Object.values(record?.sessions ?? {})) bySession.set(session as string, host);
  }
  const holders = new Map<SlotId, string>();
  for (const [slot, { session, info }] of fleet.claims) {
    const host = session === undefined ? undefined : (info?.host ?? bySession.get(session));
    if (host !== undefined) holders.set(slot, host);
  }
  return holders;
}
