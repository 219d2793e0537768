import { SERVICE_META } from '@raftainer/planner';

import type { StoredSessions } from '../presence/session-memory.js';
import type { AgentService, ConsulClient } from '@raftainer/consul';
import type { Cluster } from '@raftainer/cluster';

/** What clearing Consul needs. */
export interface ClearClusterOptions {
  readonly consul: ConsulClient;
  readonly cluster: Cluster;
  /** The last run, under the former name. */
  readonly stored: StoredSessions;
  /** What the host is called now. */
  readonly host: string;
  readonly signal: AbortSignal;
}

/** Takes the slots of a former name out of discovery, before they are stopped. */
export async function leaveDiscovery({ consul, stored, signal }: ClearClusterOptions): Promise<number> {
  const services = await servicesOf(consul, stored.host, signal);
  const slots = services.filter(({ meta }) => meta[SERVICE_META.pod] !== undefined);
  await Promise.all(slots.map(({ id }) => consul.services.deregister(id, { signal })));
  return slots.length;
}

/**
 * Gives up what the former name holds, once nothing of it runs and no guard keeps it. Claims are released one by one with an
 * emptied record, because those of a destroyed session stay closed for the lock delay.
 */
export async function clearCluster(options: ClearClusterOptions): Promise<number> {
  const { consul, cluster, stored, signal } = options;
  const sessions = [stored.exclusive, stored.shared].filter((id) => id !== undefined);
  const claims = await cluster.claims.list({ signal });
  const held = claims.filter(({ session }) => session !== undefined && sessions.includes(session));
  for (const { pod, index, session = '' } of held) {
    // While it is held: afterwards the status is the next holder's to write.
    await cluster.statuses.remove(pod, index, { signal });
    await cluster.claims.release({ pod, index, session }, { signal });
  }
  const found = await cluster.hosts.get(stored.host, { signal });
  if (found?.session !== undefined && found.session === stored.shared && found.record !== undefined)
    await cluster.hosts.release(found.session, found.record, { signal });
  for (const id of sessions) await consul.sessions.destroy(id, { signal });
  await cluster.hosts.remove(stored.host, { signal });
  await cluster.verdicts.remove(stored.host, { signal });
  await moveDrain(options);
  // Last: the sessions hung on the check of one of them, and the slots' own on that of the other.
  for (const { id } of await servicesOf(consul, stored.host, signal))
    await consul.services.deregister(id, { signal });
  return held.length;
}

/** A drain is of the machine, whatever it is called: what was to be emptied must not fill again. */
async function moveDrain({ cluster, stored, host, signal }: ClearClusterOptions): Promise<void> {
  const drain = await cluster.drains.get(stored.host, { signal });
  if (drain === undefined) return;
  const info = drain.info ?? { since: new Date().toISOString() };
  if ((await cluster.drains.get(host, { signal })) === undefined)
    await cluster.drains.put(host, info, { signal });
  await cluster.drains.remove(stored.host, { signal });
}

async function servicesOf(
  consul: ConsulClient,
  host: string,
  signal: AbortSignal,
): Promise<readonly AgentService[]> {
  const services = await consul.services.list({ signal });
  return services.filter(({ meta }) => meta[SERVICE_META.host] === host);
}
