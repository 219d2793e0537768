import type { Context } from '../context.js';
import { viewPods } from '../fleet/view-pods.js';
import { followFleet } from './follow-fleet.js';
import { Progress } from './progress.js';
import type { WaitRequest } from './wait-options.js';

/** Waits until nobody holds a slot of the pods: the agents release only when the containers are gone. */
export async function waitUntilGone(context: Context, { pods, timeoutMs }: WaitRequest): Promise<void> {
  const progress = new Progress(context.output);
  await followFleet(context, timeoutMs, async (fleet) => {
    const slots = viewPods(fleet)
      .filter(({ name }) => pods.includes(name))
      .flatMap((pod) => pod.slots)
      .filter(({ held }) => held);
    await progress.tell(slots);
    const left = slots.map(({ slot, host }) => (host === undefined ? slot : `${slot} on ${host}`));
    return { done: slots.length === 0, awaiting: left.join(', ') };
  });
}
