import type { Constraint } from '@raftainer/constraints';

/**
 * Facts that move while nothing changes: they decide where a slot may start, never whether one that runs may stay, and
 * only the host itself knows them well enough to judge.
 */
const MOVING_FACTS: ReadonlySet<string> = new Set(['disk.freeBytes']);

/** Whether a constraint is on a fact that moves by itself. */
export function movesByItself({ attribute }: Pick<Constraint, 'attribute'>): boolean {
  return MOVING_FACTS.has(attribute);
}
