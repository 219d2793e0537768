import { containerSpec } from './container-spec.js';

import type { LaneContext } from './lane-context.js';
import type { Secrets } from '../secrets/secrets.js';
import type { Docker } from '@raftainer/docker';
import type { Action } from '@raftainer/planner';

/** Makes a container, with its secrets when it has any. Their values are at hand only here. */
export async function createContainer(
  { container }: Action<'create-container'>,
  context: LaneContext,
  { docker, secrets }: { readonly docker: Docker; readonly secrets: Secrets },
): Promise<void> {
  const given =
    container.secrets === undefined ? undefined : await secrets.forCreation(container.secrets, context);
  const spec = containerSpec(container, {
    epoch: context.epoch,
    ...(given === undefined ? {} : { secrets: given }),
  });
  const id = await docker.containers.create(spec, { signal: context.signal });
  context.containerIds.set(container.container, id);
  if (container.secrets === undefined || given === undefined) return;
  await secrets.created(container.secrets, { id, values: given.values }, context);
}
