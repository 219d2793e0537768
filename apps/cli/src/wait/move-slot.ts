import type { RebalanceMove } from '@raftainer/planner';
import { slotRefOf } from '@raftainer/pod-spec';
import { CliError } from '../cli-error.js';
import type { Context } from '../context.js';
import { readFleet } from '../fleet/fleet.js';
import type { Fleet } from '../fleet/fleet.js';
import { holdersOf } from '../fleet/holders-of.js';
import type { SlotView } from '../fleet/pod-view.js';
import { viewPods } from '../fleet/view-pods.js';
import { followFleet } from './follow-fleet.js';
import { Progress } from './progress.js';

/** So long a holder may say that the other host cannot take the slot before the move is given up. */
const STUCK_MS = 10_000;

/** How one move ended. */
export type MoveOutcome = 'moved' | 'elsewhere' | 'obsolete';

/**
 * Asks the holder of a slot to give it up for another host, waits until the slot serves there, and takes the request back
 * whatever happens. `elsewhere`: another host than the one asked took it; `obsolete`: it was not where it should move from any more.
 * Throws `CLI_WAIT_FAILED` and `CLI_TIMED_OUT`.
 */
export async function moveSlot(
  context: Context,
  { slot, from, to }: RebalanceMove,
  timeoutMs: number,
): Promise<MoveOutcome> {
  const { cluster, io } = context;
  const fleet = await readFleet(cluster, io.signal);
  const epoch = fleet.claims.get(slot)?.epoch;
  if (epoch === undefined || holdersOf(fleet).get(slot) !== from) return 'obsolete';
  const since = new Date(io.now()).toISOString();
  const ref = slotRefOf(slot);
  await cluster.moves.put(ref, { from, to, epoch, since }, { signal: io.signal });
  try {
    return await follow(context, { slot, from, to, epoch, timeoutMs });
  } finally {
    // Not with the signal of Ctrl-C: the request should go then, too. One that stays is about this claim only.
    await cluster.moves.remove(ref);
  }
}

interface Moving extends RebalanceMove {
  readonly epoch: number;
  readonly timeoutMs: number;
}

async function follow(context: Context, moving: Moving): Promise<MoveOutcome> {
  const progress = new Progress(context.output);
  let refusedSince: number | undefined;
  let outcome: MoveOutcome = 'moved';
  await followFleet(context, moving.timeoutMs, async (fleet) => {
    const view = viewOf(fleet, moving);
    if (view === undefined) {
      outcome = 'obsolete';
      return { done: true, awaiting: '' };
    }
    await progress.tell([view]);
    const isRefused = view.why.some((text) => text.includes('cannot take it'));
    refusedSince = isRefused ? (refusedSince ?? performance.now()) : undefined;
    if (refusedSince !== undefined && performance.now() - refusedSince >= STUCK_MS)
      throw refused(moving, view);
    const holder = holdersOf(fleet).get(moving.slot);
    outcome = holder === moving.to ? 'moved' : 'elsewhere';
    const isTaken = view.held && (view.epoch ?? 0) > moving.epoch;
    return { done: isTaken && view.ready, awaiting: `${moving.slot} to serve on ${moving.to}` };
  });
  return outcome;
}

function viewOf(fleet: Fleet, { slot }: RebalanceMove): SlotView | undefined {
  return viewPods(fleet)
    .flatMap(({ slots }) => slots)
    .find((view) => view.slot === slot && view.desired);
}

function refused({ slot, to }: RebalanceMove, { why }: SlotView): CliError {
  return new CliError(
    'CLI_WAIT_FAILED',
    `${slot} stays where it is: ${to} cannot take it (${why.join('; ')})`,
    {
      details: { slot, why },
    },
  );
}
