import type { Identity } from '../consul-context.js';
import type { StateWriter } from '../state/state-writer.js';
import { SERVER_PORT } from '../routes/status-routes.js';
import { CONSUL_VERSION } from '../version.js';
import { putCheck, putNode, putService, removeNode } from './catalog-writes.js';

/** The check that a Consul cluster keeps for every node: whether its gossip layer can be reached. */
export const SERF_HEALTH = 'serfHealth';

/**
 * Puts this server into its own catalog, as a Consul server does: its node, the service `consul` and the check
 * `serfHealth`. A node that it was under another name before goes, with its sessions.
 */
export function registerSelf(
  state: StateWriter,
  self: { readonly identity: Identity; readonly previousName: string | undefined; readonly nowMs: number },
): void {
  const { identity, previousName, nowMs } = self;
  if (previousName !== undefined && previousName !== identity.nodeName)
    removeNode(state, previousName, nowMs);
  const { nodeName: node, address } = identity;
  putNode(state, {
    id: identity.nodeId,
    node,
    address,
    taggedAddresses: { lan: address, lan_ipv4: address, wan: address, wan_ipv4: address },
    meta: { 'consul-network-segment': '' },
  });
  putService(state, { ...CONSUL_SERVICE, node }, nowMs);
  putCheck(state, { ...SERF_CHECK, node }, nowMs);
}

const CONSUL_SERVICE = {
  id: 'consul',
  name: 'consul',
  kind: '',
  tags: [],
  address: '',
  port: SERVER_PORT,
  meta: { version: CONSUL_VERSION },
  taggedAddresses: undefined,
  weights: { Passing: 1, Warning: 1 },
  enableTagOverride: false,
  agent: false,
};

const SERF_CHECK = {
  checkId: SERF_HEALTH,
  name: 'Serf Health Status',
  status: 'passing',
  notes: '',
  output: 'Agent alive and reachable',
  serviceId: '',
  serviceName: '',
  serviceTags: [],
  type: '',
  run: undefined,
} as const;
