/** No slot waits longer than this, however many there are. */
const MAX_SPLAY_MS = 300_000;

/** How long the slot of this index waits after a change, so that the instances of a pod do not restart together. */
export function splayDelayMs(index: number, splayMs: number): number {
  return Math.min(index * splayMs, MAX_SPLAY_MS);
}
