import { createCluster } from '@raftainer/cluster';
import { LABELS } from '@raftainer/planner';

import { Actor } from './act/actor.js';
import { steadyNow } from './clock.js';
import { Heartbeats } from './health/heartbeats.js';
import { HostHeartbeat } from './health/host-heartbeat.js';
import { Prober } from './health/prober.js';
import { FailureMemory } from './memory/failure-memory.js';
import { Doubts } from './observe/doubts.js';
import { Fleet } from './observe/fleet.js';
import { createHost } from './observe/host.js';
import { Observer } from './observe/observer.js';
import { Rewinds } from './observe/rewinds.js';
import { createRecords } from './observe/watched-records.js';
import { GuardedLease, UNGUARDED_LEASE } from './lease/lease.js';
import { AgentCheck } from './presence/agent-check.js';
import { Presence } from './presence/presence.js';
import { Pulse } from './pulse.js';
import { Reporter } from './report/reporter.js';
import { createSecrets } from './secrets/create-secrets.js';
import { Wake } from './wake.js';

import type { Config } from './config/config.js';
import type { Host } from './observe/host.js';
import type { Records } from './observe/watched-records.js';
import type { CycleTimes } from './loop.js';
import type { Lease } from './lease/lease.js';
import type { StateDir } from './presence/state-dir.js';
import type { SecretState } from './secrets/secret-state.js';
import type { Secrets } from './secrets/secrets.js';
import type { Cluster } from '@raftainer/cluster';
import type { ConsulClient } from '@raftainer/consul';
import type { Docker } from '@raftainer/docker';
import type { Logger } from '@raftainer/logger';
import type { VaultClient } from '@raftainer/vault';

/** What an agent is made from. */
export interface AgentParts {
  readonly config: Config;
  readonly consul: ConsulClient;
  readonly docker: Docker;
  /** Absent: no Vault is configured. */
  readonly vault?: VaultClient;
  /** What is remembered of secrets. */
  readonly secretState: SecretState;
  readonly stateDir: StateDir;
  readonly logger: Logger;
  readonly version: string;
  /** Random id of this process. */
  readonly instance: string;
  /** Where the guard finds the engine and Consul. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What runs here was started by an agent with this state directory. */
  readonly answersForRunning: boolean;
  /** The host to act for. Default: the machine that this process runs on, probed. */
  readonly host?: Host;
  /** How long each host waits for the one before it in the ranking, in milliseconds. Default 1 s. */
  readonly claimStepMs?: number;
  /** Told of every cycle that observed the whole. */
  readonly onCycle?: (times: CycleTimes) => void;
}

/** What the parts of an agent share. */
export interface Foundation extends AgentParts {
  readonly cluster: Cluster;
  readonly host: Host;
  readonly wake: Wake;
  /** Beats when a container's state or health may have changed. */
  readonly changes: Pulse;
  readonly prober: Prober;
  readonly doubts: Doubts;
  readonly fleet: Fleet;
  readonly records: Records;
  readonly heartbeats: Heartbeats;
  readonly lease: Lease;
  readonly presence: Presence;
  readonly reporter: Reporter;
  readonly secrets: Secrets;
  readonly memory: FailureMemory;
  readonly teardownMemory: FailureMemory;
}

/** Everything that needs nothing of the loop. */
export function layFoundation(parts: AgentParts): Foundation {
  const { config, consul, docker, logger, claimStepMs } = parts;
  const cluster = createCluster(consul);
  const records = createRecords(cluster);
  const wake = new Wake();
  const changes = new Pulse();
  const host = parts.host ?? createHost(config, parts);
  const wakeNow = (): void => {
    wake.request();
  };
  const prober = new Prober(() => {
    changes.beat();
    wakeNow();
  });
  const { lease, check } = createLease(parts);
  const presence = createPresence(parts, { cluster, lease, check, host }, () => {
    // Claims went with the sessions; an older view would take our own former ones for those of others.
    records.claims.changed();
    wakeNow();
  });
  return {
    ...parts,
    cluster,
    records,
    host,
    wake,
    changes,
    prober,
    doubts: new Doubts(docker),
    fleet: new Fleet({ cluster, host: config.host, lockDelayMs: config.lease.lockDelayMs, claimStepMs }),
    heartbeats: createHeartbeats(parts, wakeNow),
    presence,
    secrets: createSecrets(parts, { cluster, presence, wake: wakeNow }),
    lease,
    reporter: new Reporter({ cluster, host: config.host, logger }),
    memory: new FailureMemory({ clock: steadyNow }),
    teardownMemory: new FailureMemory({ clock: steadyNow }),
  };
}

function createPresence(
  { config, consul, stateDir, logger }: AgentParts,
  own: Pick<Foundation, 'cluster' | 'lease' | 'host'> & { readonly check?: AgentCheck },
  onChange: () => void,
): Presence {
  const { cluster, lease, check, host } = own;
  return new Presence({
    ...{ consul, cluster, stateDir, logger, lease, check, onChange },
    consulOptions: config.consul.kind === 'external' ? config.consul.options : {},
    terms: config.lease,
    host: config.host,
    record: host.record,
    fastStartup: config.fastStartup,
  });
}

function createHeartbeats({ config, consul, logger }: AgentParts, onUnknownCheck: () => void): Heartbeats {
  const { host: name, internalIp: address } = config;
  const host = new HostHeartbeat({ consul, host: name, address });
  return new Heartbeats({ consul, logger, host, onUnknownCheck });
}

/** With a Consul of its own this host is the whole cluster, and nothing has to be proven to anybody. */
function createLease(parts: AgentParts): { readonly lease: Lease; readonly check?: AgentCheck } {
  const { config, consul, logger, version, stateDir, environment, answersForRunning } = parts;
  if (config.consul.kind === 'embedded') return { lease: UNGUARDED_LEASE };
  const { host, internalIp: address, lease: terms } = config;
  const fenced = {
    labels: { [LABELS.host]: host, [LABELS.fenced]: 'true' },
    graceLabel: LABELS.stopGracePeriod,
  };
  return {
    lease: new GuardedLease({
      ...{ terms, fenced, version, environment, logger, answersForRunning },
      stateDir: stateDir.path,
    }),
    check: new AgentCheck({ consul, host, address, version, logger, ttlMs: terms.checkTtlMs }),
  };
}

/** The acting side. */
export function createActor(foundation: Foundation): Actor {
  const { config, consul, docker, cluster, heartbeats, reporter, prober, changes, wake } = foundation;
  const { memory, teardownMemory, logger, lease, records, secrets } = foundation;
  return new Actor({
    tools: {
      consul,
      docker,
      cluster,
      heartbeats,
      changes,
      secrets,
      host: { name: config.host, region: config.region },
      beforeStart: async (start, signal) => lease.beforeStart(start, signal),
      removeStatus: ({ id, signal }) => reporter.remove(id, signal),
      probedHealth: (id) => prober.healthOf(id),
      wake: () => {
        wake.request();
      },
    },
    memory,
    teardownMemory,
    logger,
    concurrency: config.concurrency,
    claimsChanged: () => {
      records.claims.changed();
    },
    wake: (delayMs) => {
      wake.request(delayMs);
    },
  });
}

/** The observing side. */
export function createObserver(foundation: Foundation, actor: Actor, stopping: () => boolean): Observer {
  const { records, cluster, consul, docker, host, presence, memory, teardownMemory, prober, doubts } =
    foundation;
  const { fleet, secrets } = foundation;
  return new Observer({
    records,
    claim: async ({ pod, index }, signal) => cluster.claims.get(pod, index, { signal }),
    podExists: async (pod, signal) => (await cluster.pods.get(pod, { signal })) !== undefined,
    consul,
    docker,
    host: async () => ({ ...(await host.view()), hasVault: foundation.vault !== undefined }),
    network: host.network,
    sessions: () => presence.sessions(),
    busy: () => actor.busy(),
    failures: () => memory.views(),
    teardownFailures: () => teardownMemory.views(),
    secrets: () => secrets.views(),
    prober,
    doubts,
    fleet,
    rewinds: new Rewinds({ clock: steadyNow, logger: foundation.logger, store: foundation.stateDir }),
    stopping,
  });
}
