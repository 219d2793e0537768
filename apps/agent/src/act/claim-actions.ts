import { AgentError } from '../agent-error.js';

import type { LaneContext } from './lane-context.js';
import type { Secrets } from '../secrets/secrets.js';
import type { Cluster } from '@raftainer/cluster';
import type { Action } from '@raftainer/planner';

/** What claiming needs. */
export interface ClaimTools {
  readonly cluster: Cluster;
  readonly host: { readonly name: string; readonly region?: string };
  /** The status record goes before the claim: only the holder may touch it. */
  readonly removeStatus: (context: LaneContext) => Promise<void>;
  readonly secrets: Secrets;
}

/** Takes the slot and learns its epoch. */
export async function acquireClaim(
  { revision, session }: Action<'acquire-claim'>,
  context: LaneContext,
  tools: ClaimTools,
): Promise<void> {
  const { pod, index } = context.slot;
  const info = {
    host: tools.host.name,
    region: tools.host.region,
    revision,
    since: new Date().toISOString(),
  };
  const options = { signal: context.signal };
  if (!(await tools.cluster.claims.acquire({ pod, index, session }, info, options))) {
    const message = `Slot ${context.id} was not free: another host took it, or the lock delay of its last holder still runs.`;
    throw new AgentError('AGENT_CLAIM_NOT_ACQUIRED', message, { retryable: true });
  }
  context.session = session;
  context.epoch = (await tools.cluster.claims.get(pod, index, options))?.epoch;
}

/** Writes which revision the slot runs now. */
export async function updateClaim(
  { revision, since, session }: Action<'update-claim'>,
  context: LaneContext,
  tools: ClaimTools,
): Promise<void> {
  const info = {
    host: tools.host.name,
    region: tools.host.region,
    revision,
    since: since ?? new Date().toISOString(),
  };
  const held = await tools.cluster.claims.update({ ...context.slot, session }, info, {
    signal: context.signal,
  });
  if (!held) {
    throw new AgentError('AGENT_CLAIM_NOT_ACQUIRED', `Slot ${context.id} is no longer held by this host.`, {
      retryable: true,
    });
  }
}

/** Gives the slot up; by now nothing of it runs here. */
export async function releaseClaim(
  { session, forget, withoutEngine = false }: Action<'release-claim'>,
  context: LaneContext,
  tools: ClaimTools,
): Promise<void> {
  const { pod, index } = context.slot;
  const options = { signal: context.signal };
  const held = session === undefined ? {} : { session };
  await tools.secrets.release(context, { forget, isDead: withoutEngine, ...held });
  if (session !== undefined) {
    await tools.removeStatus(context);
    await tools.cluster.claims.release({ pod, index, session }, options);
  }
  if (forget) await tools.cluster.claims.remove(pod, index, options);
}
