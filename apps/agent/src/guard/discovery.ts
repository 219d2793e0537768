import type { ConsulCalls } from './consul-calls.js';

const TIMEOUT_MS = 2_000;

/**
 * Takes slots out of discovery that are about to be stopped here, so that nobody is sent to them. Resolves with the services. As well as it can be
 * done: what is stopped never waits for it, and Consul may be out of reach.
 */
export async function leaveDiscovery(
  consul: ConsulCalls,
  slots: ReadonlySet<string>,
): Promise<readonly string[]> {
  if (slots.size === 0) return [];
  const ids = await consul.services(TIMEOUT_MS);
  const ours = ids.filter((id) => slots.has(slotOfService(id)));
  await Promise.all(ours.map((id) => consul.deregister(id, TIMEOUT_MS)));
  return ours;
}

/** `raftainer-{pod}-{index}` of the id of a slot's service, or of one of its ports, which follows a colon. */
function slotOfService(id: string): string {
  return id.split(':', 1)[0] ?? id;
}
