import type { ConsulClient } from '@raftainer/consul';
import type { Claims } from './claims.js';
import { ConsulClaims } from './consul-claims.js';
import { ConsulDrains } from './consul-drains.js';
import { ConsulMoves } from './consul-moves.js';
import { ConsulHosts } from './consul-hosts.js';
import { ConsulPods } from './consul-pods.js';
import { ConsulSecretLeases } from './consul-secret-leases.js';
import { ConsulStatuses } from './consul-statuses.js';
import { ConsulVerdicts } from './consul-verdicts.js';
import type { Drains } from './drains.js';
import type { Hosts } from './hosts.js';
import { DEFAULT_PREFIX, folders } from './keys.js';
import type { Moves } from './moves.js';
import type { Pods } from './pods.js';
import type { SecretLeases } from './secret-leases.js';
import type { Statuses } from './statuses.js';
import type { Verdicts } from './verdicts.js';

/** All that the cluster knows, by kind of record. */
export interface Cluster {
  readonly pods: Pods;
  readonly claims: Claims;
  readonly hosts: Hosts;
  readonly statuses: Statuses;
  readonly verdicts: Verdicts;
  readonly drains: Drains;
  readonly moves: Moves;
  readonly secretLeases: SecretLeases;
}

export interface ClusterOptions {
  /** First segments of every key. Default `raftainer`. */
  readonly prefix?: string;
}

/** The cluster's records in a Consul. Throws `CLUSTER_INVALID_NAME` for a prefix that cannot be one. */
export function createCluster(consul: ConsulClient, options: ClusterOptions = {}): Cluster {
  const prefix = options.prefix ?? DEFAULT_PREFIX;
  folders(prefix);
  return {
    pods: new ConsulPods(consul, prefix),
    claims: new ConsulClaims(consul, prefix),
    hosts: new ConsulHosts(consul, prefix),
    statuses: new ConsulStatuses(consul, prefix),
    verdicts: new ConsulVerdicts(consul, prefix),
    drains: new ConsulDrains(consul, prefix),
    moves: new ConsulMoves(consul, prefix),
    secretLeases: new ConsulSecretLeases(consul, prefix),
  };
}
