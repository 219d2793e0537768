import { groupBy } from './group-by.js';
import { isOfContainer } from './observation.js';

import type { ContainerObservation, Observation, ObservedContainer } from './observation.js';

/** One run of one container: a container that is started again begins a new life. */
export interface Life extends ObservedContainer {
  /** From here on its program may have run. A little before it did: what is counted as overlap is never too little. */
  readonly fromMs: number;
  /** When the engine said that it was started; absent when the engine never said so. */
  readonly startedMs?: number;
  /** Absent while it lives. */
  readonly toMs?: number;
}

interface OpenLife extends Life {
  startedMs?: number;
}

/**
 * Puts the lives together from what the kernel and the engine told, in whatever order it came. A life ends with the first
 * word of its end, and both words come after the fact: no life is made shorter than it was.
 */
export function livesOf(observations: readonly Observation[]): readonly Life[] {
  const byContainer = groupBy(
    observations.filter(isOfContainer),
    ({ container: { host, id } }) => `${host}\n${id}`,
  );
  return [...byContainer.values()].flatMap(livesOfOne).sort((one, other) => one.fromMs - other.fromMs);
}

function livesOfOne(observations: readonly ContainerObservation[]): readonly Life[] {
  const lives: Life[] = [];
  let open: OpenLife | undefined;
  for (const { kind, atMs, container } of [...observations].sort((one, other) => one.atMs - other.atMs)) {
    if (kind === 'died' || kind === 'gone') {
      if (open !== undefined) lives.push({ ...open, toMs: atMs });
      open = undefined;
      continue;
    }
    open ??= { ...container, fromMs: atMs };
    if (kind === 'started') open.startedMs ??= atMs;
  }
  return open === undefined ? lives : [...lives, open];
}
