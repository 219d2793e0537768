import { slotIdOf } from '@raftainer/pod-spec';

import type { ClaimView, ContainerView } from '@raftainer/planner';
import type { SlotId, SlotRef } from '@raftainer/pod-spec';

/** What the list of claims is compared with. */
export interface ClaimsQuestion {
  readonly containers: readonly ContainerView[];
  /** Reads a single claim; undefined when there is none. Throws when it may not be read. */
  readonly read: (slot: SlotRef) => Promise<ClaimView | undefined>;
}

/**
 * The claims, completed with those that the list lacks although something of their slots runs here. Consul leaves out of
 * a list what a token may not read, and then slots of ours would look as if nobody held them. A single read is refused
 * instead: then this throws, and the cycle does nothing.
 */
export async function completeClaims(
  listed: ReadonlyMap<SlotId, ClaimView>,
  { containers, read }: ClaimsQuestion,
): Promise<ReadonlyMap<SlotId, ClaimView>> {
  const slots = new Map(containers.map(({ slot }) => [slotIdOf(slot), slot]));
  const missing = [...slots].filter(([id]) => !listed.has(id));
  if (missing.length === 0) return listed;
  const found = await Promise.all(missing.map(async ([id, slot]) => [id, await read(slot)] as const));
  return new Map([
    ...listed,
    ...found.flatMap(([id, claim]) => (claim === undefined ? [] : [[id, claim] as const])),
  ]);
}
