import type { SlotId } from '@raftainer/pod-spec';

/** Whether anything of a slot lives on this host. `unknown`: nobody can tell, which counts as alive. */
export type SlotLife = 'dead' | 'alive' | 'unknown';

/** A slot that this host holds while its engine does not answer. */
export interface HeldSlot {
  readonly life: SlotLife;
  /** The engine was asked to start something of it, and nobody has seen what came of that. */
  readonly starting: boolean;
  /** Another host could take it. */
  readonly hasSuccessor: boolean;
  /** Work on it is under way. */
  readonly busy: boolean;
}

/** What is known of a host whose engine does not answer. */
export interface EngineOutageView {
  /** For how long, in milliseconds. */
  readonly downMs: number;
  readonly patienceMs: number;
  /** Nobody listens at its address: an engine that is not there finishes nothing that it was asked for. */
  readonly refused: boolean;
  /** The host is told to give up what it has. */
  readonly draining: boolean;
  readonly held: ReadonlyMap<SlotId, HeldSlot>;
}

/** What a host does that cannot run what it holds. */
export interface WithoutEngine {
  /** The others are told: this host takes nothing now. */
  readonly isDown: boolean;
  readonly giveUp: readonly SlotId[];
  /** Work that cannot go on, and holds up the giving up. */
  readonly cancel: readonly SlotId[];
  /** What stays although it is time, and why. */
  readonly stays: ReadonlyMap<SlotId, string>;
}

/**
 * Decides what becomes of the slots of a host whose engine does not answer. Restarts and upgrades of an engine are over
 * within the patience, and move nothing. After that a slot goes when nothing of it lives, and only then: containers of an
 * engine with live restore, or of one that hangs, run on and keep their claim. A host that drains does not wait with what
 * others can take. Pure.
 */
export function withoutEngine({
  downMs,
  patienceMs,
  refused,
  draining,
  held,
}: EngineOutageView): WithoutEngine {
  const isDown = downMs >= patienceMs;
  const giveUp: SlotId[] = [];
  const cancel: SlotId[] = [];
  const stays = new Map<SlotId, string>();
  for (const [id, slot] of held) {
    // What nobody can take comes back with the engine, if that is only being restarted.
    if (!isDown && !(draining && slot.hasSuccessor)) continue;
    const obstacle = obstacleOf(slot, refused);
    if (obstacle !== undefined) stays.set(id, obstacle);
    else if (slot.busy) cancel.push(id);
    else giveUp.push(id);
  }
  return { isDown, giveUp, cancel, stays };
}

function obstacleOf({ life, starting }: HeldSlot, refused: boolean): string | undefined {
  if (life === 'alive') return 'it runs on';
  if (life === 'unknown') return 'nobody can tell whether anything of it runs';
  if (starting && !refused) return 'the engine may still finish a start that it was asked for';
  return undefined;
}
