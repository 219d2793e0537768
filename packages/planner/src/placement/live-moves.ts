import type { SlotId } from '@raftainer/pod-spec';

/** That a held slot was asked to go to another host; about one claim only. */
export interface MoveRequest {
  readonly from: string;
  readonly to: string;
  /** Of the claim that is to be given up. */
  readonly epoch: number;
}

/** What of a claim tells whether a move is still about it. */
export interface MovableClaim {
  readonly epoch: number;
  /** The holder; absent once it has given the slot up. */
  readonly host?: string | undefined;
}

/**
 * The moves that still count, by slot: to which host each is to go. A move is over once anybody has taken the slot anew, so what
 * is left behind of one moves nothing twice.
 */
export function liveMoves(
  moves: ReadonlyMap<SlotId, MoveRequest>,
  claims: ReadonlyMap<SlotId, MovableClaim>,
): ReadonlyMap<SlotId, string> {
  const live = new Map<SlotId, string>();
  for (const [id, { from, to, epoch }] of moves) {
    const claim = claims.get(id);
    const isSame = claim?.epoch === epoch && (claim.host === undefined || claim.host === from);
    if (isSame && to !== from) live.set(id, to);
  }
  return live;
}
