import { slotRefOf } from '@raftainer/pod-spec';

import { heldClaims } from '@raftainer/planner';

import type { Snapshot } from '@raftainer/planner';

/** What is known, and how a single definition is read. */
export interface MissingQuestion extends Pick<Snapshot, 'pods' | 'claims' | 'containers' | 'sessions'> {
  /** Whether the definition exists. Throws when it may not be read. */
  readonly exists: (pod: string) => Promise<boolean>;
}

/**
 * Whether every definition that something here belongs to and that the list lacks is really gone. Consul leaves out of a
 * list what a token may not read, so a token that lost a right sees an empty list, and everything would be taken down. A
 * single read is refused instead: then this throws, and the cycle does nothing.
 */
export async function missingAreGone(question: MissingQuestion): Promise<boolean> {
  const { pods, containers, exists } = question;
  const held = [...heldClaims(question).keys()];
  const names = [...containers.map(({ slot }) => slot.pod), ...held.map((id) => slotRefOf(id).pod)];
  const missing = [...new Set(names)].filter((name) => !pods.has(name));
  const found = await Promise.all(missing.map(exists));
  return !found.includes(true);
}
