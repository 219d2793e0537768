import { isRunning } from './teardown.js';

import type { ContainerStep } from './container-step.js';
import type { SlotSecretsPlan } from './plan.js';
import type { SlotContext } from './slot-context.js';

/** What a held slot needs of secrets, with the containers that run with them; nothing while its claim is being taken. */
export function slotSecrets(
  { view }: SlotContext,
  steps: readonly ContainerStep[],
): { readonly secrets?: SlotSecretsPlan } {
  const { claim } = view;
  if (claim?.session === undefined) return {};
  const containers = steps.flatMap(({ desired, current, replaced }) => {
    const { secrets } = desired.plan;
    if (secrets === undefined) return [];
    // One that makes way because of its secrets still runs with them.
    const running = [current, ...replaced].find(
      (container) =>
        container !== undefined && isRunning(container) && container.configHash === desired.configHash,
    );
    return [{ secrets, ...(running === undefined ? {} : { id: running.id }) }];
  });
  return { secrets: { epoch: claim.epoch, session: claim.session, containers } };
}
