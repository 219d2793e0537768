import type { EngineCalls } from './engine-calls.js';
import type { FencedLabels } from './protocol.js';

/** What stopping needs. */
export interface StopAllOptions {
  readonly engine: EngineCalls;
  readonly fenced: FencedLabels;
  /** Containers of which a start was asked for that nobody has seen done. */
  readonly starting: readonly string[];
  /** Told what is stopped and how long that may take, before it begins. */
  readonly before: (found: readonly string[], withinMs: number) => void;
}

const TIMEOUT_MS = 10_000;
const DEFAULT_GRACE_MS = 10_000;

/** Stops everything that a lease is needed for, with its full grace. Resolves with how many were running; rejects when one may still run. */
export async function stopAll({ engine, fenced, starting, before }: StopAllOptions): Promise<number> {
  const running = (await engine.running(fenced.labels, TIMEOUT_MS)).map(({ Id, Labels }) => ({
    id: Id,
    graceMs: Number(Labels[fenced.graceLabel] ?? DEFAULT_GRACE_MS),
  }));
  const found = running.map(({ id }) => id);
  before(found, TIMEOUT_MS + Math.max(0, ...running.map(({ graceMs }) => graceMs)));
  // An engine ends a start that is under way before it stops the container: what is starting is stopped as well.
  const unseen = starting.filter((id) => !found.includes(id));
  await Promise.all([
    ...running.map(({ id, graceMs }) => engine.stop(id, Math.ceil(graceMs / 1_000), graceMs + TIMEOUT_MS)),
    ...unseen.map((id) => engine.stop(id, 1, TIMEOUT_MS).catch(ignoreMissing)),
  ]);
  return running.length;
}

/** A container that was never made, or is gone, does not run. */
function ignoreMissing(error: unknown): void {
  if (!String(error).includes('answered 404')) throw error;
}
