import { createCluster } from '@raftainer/cluster';

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
import { layPresence } from './lay-presence.js';
import { Pulse } from './pulse.js';
import { Reporter } from './report/reporter.js';
import { createSecrets } from './secrets/create-secrets.js';
import { Wake } from './wake.js';

import type { ClaimRewinds } from './observe/claim-rewinds.js';
import type { Blocked } from './blocked.js';
import type { Registrations } from './health/registrations.js';
import type { SettingsWatch } from './consul-settings/settings-watch.js';
import type { EngineWatch } from './engine/engine-watch.js';
import type { Presence } from './presence/presence.js';
import type { TokenWatch } from './presence/token-watch.js';
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
  /** Of the last run's exclusive session, in milliseconds. */
  readonly lockDelayMs?: number;
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
  readonly engine: EngineWatch;
  readonly blocked: Blocked;
  readonly fleet: Fleet;
  readonly claimRewinds: ClaimRewinds;
  readonly records: Records;
  readonly heartbeats: Heartbeats;
  readonly lease: Lease;
  readonly presence: Presence;
  readonly tokenWatch: TokenWatch;
  readonly registrations: Registrations;
  readonly settings?: SettingsWatch;
  readonly reporter: Reporter;
  readonly secrets: Secrets;
  readonly memory: FailureMemory;
  readonly teardownMemory: FailureMemory;
}

/** Everything that needs nothing of the loop. */
export function layFoundation(parts: AgentParts): Foundation {
  const { config, consul, docker, logger } = parts;
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
  const reporter = new Reporter({ cluster, host: config.host, logger });
  const onRewind = (): void => {
    reporter.forget();
  };
  const fleet = createFleet(parts, cluster);
  const laid = layPresence(parts, { cluster, records, host, fleet, onRewind, wake: wakeNow });
  return {
    ...parts,
    ...{ cluster, records, host, fleet, wake, changes, prober },
    doubts: new Doubts(docker),
    heartbeats: createHeartbeats(parts, laid.registrations, wakeNow),
    ...laid,
    secrets: createSecrets(parts, { cluster, presence: laid.presence, wake: wakeNow }),
    reporter,
    memory: new FailureMemory({ clock: steadyNow }),
    teardownMemory: new FailureMemory({ clock: steadyNow }),
  };
}

function createHeartbeats(
  { config, consul, logger }: AgentParts,
  registrations: Registrations,
  onUnknownCheck: () => void,
): Heartbeats {
  const { host: name, internalIp: address } = config;
  const host = new HostHeartbeat({ consul, host: name, address, registrations });
  return new Heartbeats({ consul, logger, host, onUnknownCheck });
}

function createFleet({ config, claimStepMs }: AgentParts, cluster: Cluster): Fleet {
  const { host, returnMs, lease } = config;
  return new Fleet({ cluster, host, lockDelayMs: lease.lockDelayMs, returnMs, claimStepMs });
}

/** The acting side. */
export function createActor(foundation: Foundation): Actor {
  const { config, consul, docker, cluster, heartbeats, reporter, prober, changes, wake } = foundation;
  const { memory, teardownMemory, logger, lease, records, secrets, claimRewinds } = foundation;
  return new Actor({
    tools: {
      consul,
      docker,
      cluster,
      heartbeats,
      changes,
      secrets,
      registrations: foundation.registrations,
      host: { name: config.host, region: config.region },
      beforeStart: async (start, signal) => lease.beforeStart(start, signal),
      starts: (id, container) => {
        foundation.engine.starts(id, container);
      },
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
    onClaim: (id, step) => {
      if (step === 'takes') claimRewinds.took(id);
      else claimRewinds.gave(id);
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
  const { fleet, secrets, claimRewinds } = foundation;
  return new Observer({
    records,
    claim: async ({ pod, index }, signal) => cluster.claims.get(pod, index, { signal }),
    podExists: async (pod, signal) => (await cluster.pods.get(pod, { signal })) !== undefined,
    consul,
    docker,
    host: async () => ({ ...(await host.view()), hasVault: foundation.vault !== undefined }),
    network: host.network,
    sessions: () => presence.sessions(),
    busy: () => actor.observed(),
    failures: () => memory.views(),
    teardownFailures: () => teardownMemory.views(),
    secrets: () => secrets.views(),
    prober,
    doubts,
    fleet,
    claimRewinds,
    rewinds: new Rewinds({ clock: steadyNow, logger: foundation.logger, store: foundation.stateDir }),
    stopping,
    registrations: foundation.registrations,
    knowsCheck: (checkId) => foundation.heartbeats.knows(checkId),
  });
}
