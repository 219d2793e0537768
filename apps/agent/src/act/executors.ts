import { checkIdOf, slotName } from '@raftainer/planner';

import { awaitCompleted, awaitHealthy } from './await-container.js';
import { acquireClaim, releaseClaim, updateClaim } from './claim-actions.js';
import { createContainer } from './create-container.js';
import { pullMessage } from './pull-message.js';
import { slotService } from '../health/slot-service.js';
import { startContainer } from './start-container.js';

import type { ClaimTools } from './claim-actions.js';
import type { AwaitTools } from './await-container.js';
import type { LaneContext } from './lane-context.js';
import type { Registrations } from '../health/registrations.js';
import type { Heartbeats } from '../health/heartbeats.js';
import type { Lease } from '../lease/lease.js';
import type { ConsulClient } from '@raftainer/consul';
import type { Docker } from '@raftainer/docker';
import type { Action, ActionType } from '@raftainer/planner';
import type { SlotId } from '@raftainer/pod-spec';

/** What the actions work with. */
export interface ActionTools extends ClaimTools, AwaitTools {
  readonly consul: ConsulClient;
  readonly docker: Docker;
  readonly heartbeats: Heartbeats;
  readonly registrations: Registrations;
  /** Throws when an exclusive container must not be started now. */
  readonly beforeStart: Lease['beforeStart'];
  /** The engine is about to be asked to start something of a slot; the container's id, where it is known. */
  readonly starts: (id: SlotId, container: string | undefined) => void;
}

type Executor<T extends ActionType> = (
  action: Action<T>,
  context: LaneContext,
  tools: ActionTools,
) => Promise<void>;

/** How each kind of action is done. Exhaustive by type: an action without an executor does not compile. */
const EXECUTORS: { readonly [T in ActionType]: Executor<T> } = {
  'acquire-claim': acquireClaim,
  'update-claim': updateClaim,
  'release-claim': releaseClaim,

  'ensure-image': async ({ image, policy }, { signal, report }, { docker }) => {
    await docker.images.ensure(image, { policy, signal, onProgress: pullMessage(image, report) });
  },
  'create-network': async ({ name, subnet, labels }, { signal }, { docker }) => {
    await docker.networks.create({ name, subnet, labels }, { signal });
  },
  'remove-network': async ({ id }, { signal }, { docker }) => {
    await docker.networks.remove(id, { signal });
  },
  'create-container': createContainer,
  'start-container': async ({ name, secrets: given }, context, tools) => {
    const { docker, secrets, beforeStart, starts } = tools;
    const { signal } = context;
    let id: string | undefined;
    if (given !== undefined) await secrets.beforeStart(given, name, context);
    if (context.fenced) {
      ({ id } = await docker.containers.inspect(name, { signal }));
      await beforeStart({ container: id, session: context.session, slot: slotName(context.slot) }, signal);
    }
    starts(context.id, id);
    await startContainer(name, { docker, signal });
  },
  'resolve-secrets': async ({ containers }, context, { secrets }) => {
    await secrets.resolve(containers, context);
  },
  'refresh-files': async ({ id, secrets: given }, context, { secrets }) => {
    await secrets.refresh(given, id, context);
  },
  'await-container': async ({ name, condition }, context, tools) => {
    await (condition === 'completed'
      ? awaitCompleted(name, context, tools)
      : awaitHealthy(name, context, tools));
  },
  'stop-containers': async ({ containers }, { signal }, { docker }) => {
    await Promise.all(
      containers.map(({ id, gracePeriodMs }) => docker.containers.stop(id, { signal, gracePeriodMs })),
    );
  },
  'remove-container': async ({ id }, { signal }, { docker }) => {
    await docker.containers.remove(id, { signal, volumes: true });
  },
  'register-service': async ({ service }, { signal, epoch }, tools) => {
    const { consul, heartbeats, registrations } = tools;
    const { checkId } = service;
    const heartbeat = await heartbeats.followed(signal);
    const definition = slotService(service, { epoch, status: heartbeats.statusOf(checkId), heartbeat });
    await consul.services.register(definition, { signal });
    registrations.renewed(service.id);
    heartbeats.repeat(checkId);
  },
  'deregister-service': async ({ id }, { signal }, { consul, heartbeats }) => {
    heartbeats.forget(checkIdOf(id));
    await consul.services.deregister(id, { signal });
  },
};

/** Does one action. */
export async function execute<T extends ActionType>(
  action: Action<T>,
  context: LaneContext,
  tools: ActionTools,
): Promise<void> {
  const executor = EXECUTORS[action.type] as Executor<T>;
  await executor(action, context, tools);
}
