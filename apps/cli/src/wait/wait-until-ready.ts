import { formatProblems } from '@raftainer/pod-spec';
import { CliError } from '../cli-error.js';
import type { Context } from '../context.js';
import type { PodView, SlotView } from '../fleet/pod-view.js';
import { viewPods } from '../fleet/view-pods.js';
import { FailureWatch } from './failure-watch.js';
import { followFleet } from './follow-fleet.js';
import { Progress } from './progress.js';
import { Settling } from './settling.js';
import type { WaitRequest } from './wait-options.js';

/**
 * Waits until every wanted slot is up to date and well, and no other is held. Throws `CLI_WAIT_FAILED` when a slot
 * fails for good or no host can run it, `CLI_NOT_FOUND` when a pod is removed meanwhile, and `CLI_TIMED_OUT`.
 */
export async function waitUntilReady(context: Context, { pods, timeoutMs }: WaitRequest): Promise<void> {
  const progress = new Progress(context.output);
  const failures = new FailureWatch();
  const settling = new Settling();
  await followFleet(context, timeoutMs, async (fleet) => {
    const views = viewPods(fleet);
    const awaited = pods.map((name) =>
      usable(
        name,
        views.find((view) => view.name === name),
      ),
    );
    const slots = awaited.flatMap((view) => view.slots);
    await progress.tell(slots);
    const monotonic = performance.now();
    failures.check(slots, monotonic);
    const look = { wallClock: context.io.now(), monotonic };
    const waiting = slots.filter((slot) => (slot.desired ? !settling.isSettled(slot, look) : slot.held));
    return { done: waiting.length === 0, awaiting: waiting.map(describe).join(', ') };
  });
}

function usable(name: string, view: PodView | undefined): PodView {
  if (view === undefined || view.definition === 'removed') {
    throw new CliError('CLI_NOT_FOUND', `pod "${name}" was removed while it was waited for`);
  }
  if (view.definition === 'invalid') {
    throw new CliError(
      'CLI_WAIT_FAILED',
      `the definition of pod "${name}" is not valid (any more): ${formatProblems(view.problems)}`,
    );
  }
  return view;
}

function describe({ slot, phase, why, ready }: SlotView): string {
  const because = ready ? ['only just'] : why;
  return because.length === 0 ? `${slot} (${phase})` : `${slot} (${phase}: ${because.join('; ')})`;
}
