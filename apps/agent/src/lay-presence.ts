import { LABELS } from '@raftainer/planner';

import { Blocked } from './blocked.js';
import { steadyNow } from './clock.js';
import { SettingsWatch } from './consul-settings/settings-watch.js';
import { EngineWatch } from './engine/engine-watch.js';
import { ClaimRewinds } from './observe/claim-rewinds.js';
import { GuardedLease, UNGUARDED_LEASE } from './lease/lease.js';
import { AgentCheck } from './presence/agent-check.js';
import { layToken } from './lay-token.js';
import { Presence } from './presence/presence.js';

import type { AgentParts } from './composition.js';
import type { LaidToken } from './lay-token.js';
import type { Registrations } from './health/registrations.js';
import type { Lease } from './lease/lease.js';
import type { Fleet } from './observe/fleet.js';
import type { Host } from './observe/host.js';
import type { Records } from './observe/watched-records.js';
import type { Cluster, HostRecord } from '@raftainer/cluster';

/** What being there needs of the rest. */
export interface PresenceGround {
  readonly cluster: Cluster;
  readonly records: Records;
  readonly host: Host;
  readonly fleet: Pick<Fleet, 'longestLockDelayMs'>;
  /** Asks for a cycle. */
  readonly wake: () => void;
  /** What this host wrote may be gone. */
  readonly onRewind: () => void;
}

/** What makes a host one that others can count on, and says so. */
export interface LaidPresence extends LaidToken {
  readonly lease: Lease;
  readonly engine: EngineWatch;
  readonly blocked: Blocked;
  readonly claimRewinds: ClaimRewinds;
  readonly presence: Presence;
  /** Absent with the embedded Consul, which has no settings. */
  readonly settings?: SettingsWatch;
}

/** The host in the cluster: its sessions, the lease on its claims, and what its record says of its engine. */
export function layPresence(parts: AgentParts, ground: PresenceGround): LaidPresence {
  const { config, consul, docker, logger } = parts;
  const { cluster, records, host, wake } = ground;
  const token = layToken(parts, () => {
    presence.tellGuards();
    wake();
  });
  const { lease, check } = createLease(parts, token.registrations);
  const engine: EngineWatch = new EngineWatch({
    ...{ cluster, consul, docker, records, logger, wake, host: config.host },
    clock: steadyNow,
    store: parts.stateDir,
    address: parts.environment.DOCKER_HOST ?? '',
    patienceMs: config.enginePatienceMs,
    sessions: () => presence.sessions(),
    publish: async () => presence.publish(),
  });
  const publish = async (): Promise<boolean> => presence.publish();
  const settings = createSettings(parts, publish);
  const blocked = new Blocked({ publish, clock: steadyNow, patienceMs: config.enginePatienceMs });
  const claimRewinds = new ClaimRewinds({
    ...{ logger, lockDelayMs: () => ground.fleet.longestLockDelayMs },
    onRewind: () => {
      ground.onRewind();
      void publish();
    },
  });
  const record = async (): Promise<HostRecord> => {
    // An engine that is down is reason enough for cycles that fail.
    const reasons = engine.record.engine === undefined ? blocked.record : {};
    const warnings = [settings?.record, reasons, claimRewinds.record].flatMap((each) => each?.warnings ?? []);
    return { ...(await host.record()), ...engine.record, ...(warnings.length === 0 ? {} : { warnings }) };
  };
  const presence: Presence = createPresence(parts, { cluster, lease, check, record }, () => {
    // Claims went with the sessions; an older view would take our own former ones for those of others.
    records.claims.changed();
    wake();
  });
  const laid = { lease, engine, blocked, claimRewinds, presence, ...token };
  return settings === undefined ? laid : { ...laid, settings };
}

function createSettings(
  { config, consul, logger }: AgentParts,
  publish: () => Promise<boolean>,
): SettingsWatch | undefined {
  if (config.consul.kind === 'embedded') return undefined;
  return new SettingsWatch({ consul, logger, publish, terms: config.lease });
}

function createPresence(
  { config, consul, docker, stateDir, logger }: AgentParts,
  own: Pick<LaidPresence, 'lease'> & {
    readonly cluster: Cluster;
    readonly check?: AgentCheck;
    readonly record: () => Promise<HostRecord>;
  },
  onChange: () => void,
): Presence {
  const { cluster, lease, check, record } = own;
  return new Presence({
    ...{ consul, docker, cluster, stateDir, logger, lease, check, onChange },
    consulOptions: config.consul.kind === 'external' ? config.consul.options : {},
    terms: config.lease,
    host: config.host,
    record,
    fastStartup: config.fastStartup,
  });
}

/** With a Consul of its own this host is the whole cluster, and nothing has to be proven to anybody. */
function createLease(
  parts: AgentParts,
  registrations: Registrations,
): { readonly lease: Lease; readonly check?: AgentCheck } {
  const { config, consul, logger, version, stateDir, environment } = parts;
  const { answersForRunning, lockDelayMs } = parts;
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
      ...(lockDelayMs === undefined ? {} : { lockDelayMs }),
    }),
    check: new AgentCheck({ consul, host, address, version, logger, registrations, ttlMs: terms.checkTtlMs }),
  };
}
