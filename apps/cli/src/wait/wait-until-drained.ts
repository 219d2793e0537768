import type { SlotId } from '@raftainer/pod-spec';
import { CliError } from '../cli-error.js';
import type { Context } from '../context.js';
import type { DrainProgress } from '../fleet/drain-progress.js';
import { drainProgress } from '../fleet/drain-progress.js';
import { followFleet } from './follow-fleet.js';
import { Progress } from './progress.js';

/** So long nothing may have changed before what a host keeps counts as staying for good. */
const STUCK_MS = 10_000;

/** What to wait for. */
export interface DrainWait {
  readonly host: string;
  /** The slots that the host held when the drain began. */
  readonly before: ReadonlySet<SlotId>;
  readonly timeoutMs: number;
}

/**
 * Waits until the host holds nothing that can leave and all that left it serves elsewhere. Gives the slots of system pods, which
 * stay. Throws `CLI_WAIT_FAILED` when slots stay because no other host can take them, and `CLI_TIMED_OUT`.
 */
export async function waitUntilDrained(context: Context, wait: DrainWait): Promise<readonly SlotId[]> {
  const progress = new Progress(context.output);
  const patience = new Patience();
  let staying: readonly SlotId[] = [];
  await followFleet(context, wait.timeoutMs, async (fleet) => {
    const now = drainProgress(fleet, wait.host, wait.before);
    await progress.tell([...now.held, ...now.moving]);
    staying = now.staying.map(({ slot }) => slot);
    refuseToWaitForEver(wait.host, now, patience.lastsMs(now));
    const left = [...now.held, ...now.moving];
    return { done: left.length === 0, awaiting: left.map(({ slot }) => slot).join(', ') };
  });
  if (staying.length > 0) {
    await context.output.note(`slots of system pods stay to the end: ${staying.join(', ')}`);
  }
  return staying;
}

function refuseToWaitForEver(host: string, { held, moving }: DrainProgress, lastsMs: number): void {
  const isStuck = held.every(({ why }) => why.some((text) => text.includes('no other host can take')));
  if (held.length === 0 || moving.length > 0 || !isStuck || lastsMs < STUCK_MS) return;
  const lines = held.map(({ slot, why }) => `  ${slot}: ${why.join('; ')}`);
  throw new CliError(
    'CLI_WAIT_FAILED',
    `${host} keeps what no other host can take; raftainer why POD says what is against each:\n${lines.join('\n')}`,
    { details: { slots: held.map(({ slot, why }) => ({ slot, why })) } },
  );
}

/** For how long nothing has changed. */
class Patience {
  #state = '';
  #since = 0;

  lastsMs({ held, moving }: DrainProgress): number {
    const state = JSON.stringify([held, moving].map((slots) => slots.map(({ slot, why }) => [slot, why])));
    if (state !== this.#state) {
      this.#state = state;
      this.#since = performance.now();
    }
    return performance.now() - this.#since;
  }
}
