import { setTimeout as sleep } from 'node:timers/promises';
import { allowManyListeners } from '../allow-many-listeners.js';
import { CliError } from '../cli-error.js';
import type { Context } from '../context.js';
import { failureOf, isUnreachable } from '../failure.js';
import type { Fleet } from '../fleet/fleet.js';
import { readFleet } from '../fleet/fleet.js';
import { mergeWakeUps } from './merge-wake-ups.js';

/** Changes that come together are looked at together. */
const DEBOUNCE_MS = 100;

/** Looked at without a change, too, since some answers come from time alone. */
const LOOK_AGAIN_MS = 1000;

/** What one look says. */
export interface Outcome {
  readonly done: boolean;
  /** What is still awaited, for the message when time runs out. */
  readonly awaiting: string;
}

/**
 * Looks at the fleet at once and after every change, until `look` says that it is done. A Consul that stops
 * answering is waited for. Throws `CLI_TIMED_OUT`, and what `look` throws.
 */
export async function followFleet(
  context: Context,
  timeoutMs: number,
  look: (fleet: Fleet) => Promise<Outcome>,
): Promise<void> {
  const end = new AbortController();
  const signal = AbortSignal.any([context.io.signal, end.signal]);
  allowManyListeners(signal);
  const changes = mergeWakeUps(watches(context, signal), { signal, idleMs: LOOK_AGAIN_MS });
  const deadline = performance.now() + timeoutMs;
  let awaiting = 'an answer from Consul';
  try {
    while ((await changes.next()).done !== true) {
      const outcome = await lookOnce(context, look);
      if (outcome?.done === true) {
        return;
      }
      awaiting = outcome?.awaiting ?? awaiting;
      if (performance.now() >= deadline) {
        throw new CliError(
          'CLI_TIMED_OUT',
          `timed out after ${timeoutMs / 1000} s, still waiting for ${awaiting}`,
        );
      }
      await sleep(DEBOUNCE_MS, undefined, { signal });
    }
    throw new CliError('CLI_INTERRUPTED', 'interrupted');
  } finally {
    end.abort();
  }
}

function watches({ cluster }: Context, signal: AbortSignal): readonly AsyncIterable<unknown>[] {
  const { pods, claims, statuses, verdicts, hosts, drains } = cluster;
  return [pods, claims, statuses, verdicts, hosts, drains].map((records) => records.watch({ signal }));
}

async function lookOnce(
  context: Context,
  look: (fleet: Fleet) => Promise<Outcome>,
): Promise<Outcome | undefined> {
  let fleet: Fleet;
  try {
    fleet = await readFleet(context.cluster, context.io.signal);
  } catch (error) {
    if (!isUnreachable(error)) {
      throw error;
    }
    return { done: false, awaiting: `Consul: ${failureOf(error).message}` };
  }
  return look(fleet);
}
