import { createProbe } from '@raftainer/constraints/probe';

import { readHostNetwork } from './host-network.js';

import type { Config } from '../config/config.js';
import type { HostNetwork } from './host-network.js';
import type { HostRecord } from '@raftainer/cluster';
import type { HostView } from '@raftainer/planner';

/** This host: what was configured, joined with what was probed. */
export interface Host {
  readonly view: () => Promise<HostView>;
  readonly record: () => Promise<HostRecord>;
  /** What its network is used for at the moment. */
  readonly network: () => Promise<HostNetwork>;
}

/** Probes once; later reads are from memory. */
export function createHost(
  config: Config,
  about: { readonly version: string; readonly instance: string },
): Host {
  const { host: hostname, labels, region, stateDir: diskPath } = config;
  const probe = createProbe({ hostname, labels, region, diskPath });
  const since = new Date().toISOString();
  return {
    view: async () => ({
      name: config.host,
      region: config.region,
      facts: await probe.facts(),
      secureIp: config.secureIp,
      internalIp: config.internalIp,
      portRange: config.portRange,
      podSubnets: config.podSubnets,
      ...(config.policy === undefined ? {} : { policy: config.policy }),
    }),
    record: async () => ({
      host: config.host,
      ...(config.region === undefined ? {} : { region: config.region }),
      secureIp: config.secureIp,
      internalIp: config.internalIp,
      agentVersion: about.version,
      facts: await probe.facts(),
      labels: config.labels,
      instance: about.instance,
      since,
    }),
    network: readHostNetwork,
  };
}
