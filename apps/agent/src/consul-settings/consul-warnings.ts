import type { LeaseTerms } from '../lease/lease-terms.js';
import type { AgentSelf } from '@raftainer/consul';

/** Consul's own defaults for gossip within a datacenter; slower ones find dead hosts later. */
const GOSSIP = { probeIntervalMs: 1_000, suspicionMult: 4 };
/** The smallest `raft_multiplier` elects in about two seconds, three at most. */
const ELECTION_FACTOR = 3;
/** What one definition may be. */
const MIN_VALUE_BYTES = 524_288;
/** An agent and its guards have a dozen calls and queries open at a time, and more while much changes. */
const MIN_CONNECTIONS = 50;
const MIN_RPC_RATE = 50;
const OLDEST = [1, 8] as const;

/** Each setting: what breaks with it and what to set instead; undefined when nothing does, or Consul does not tell. */
type Rule = (self: AgentSelf, terms: LeaseTerms) => string | undefined;

const RULES: readonly Rule[] = [
  ({ settings: { LeaveOnTerm } }) =>
    LeaveOnTerm === true
      ? 'Consul leaves the cluster whenever it is stopped (its default for clients), so that restarting it ends the sessions of this host and stops its exclusive pods: set leave_on_terminate = false'
      : undefined,
  ({ settings: { SkipLeaveOnInt } }) =>
    SkipLeaveOnInt === false
      ? 'Consul leaves the cluster when it is interrupted (SIGINT), which ends the sessions of this host and stops its exclusive pods: set skip_leave_on_interrupt = true'
      : undefined,
  // Of a client this is its own setting, which elects nobody; those of the servers cannot be asked for.
  ({ server, settings }, { fenceAfterMs }) => {
    const heartbeatMs = millisecondsOf(settings.ConsulRaftHeartbeatTimeout);
    if (!server || heartbeatMs === undefined || heartbeatMs * ELECTION_FACTOR <= fenceAfterMs)
      return undefined;
    const seconds = (heartbeatMs * ELECTION_FACTOR) / 1_000;
    return `the servers may need ${seconds} s to elect a leader, and exclusive pods are stopped after ${fenceAfterMs / 1_000} s without one: set performance.raft_multiplier = 1, or longer terms (RAFTAINER_FENCE_AFTER, RAFTAINER_LOCK_DELAY)`;
  },
  ({ settings: { SessionTTLMin } }, { sessionTtlMs }) => {
    const minMs = millisecondsOf(SessionTTLMin);
    return minMs !== undefined && minMs > sessionTtlMs
      ? `sessions have to live for ${minMs / 1_000} s at least, and this agent asks for ${sessionTtlMs / 1_000} s, which is refused: lower session_ttl_min, or raise RAFTAINER_SESSION_TTL`
      : undefined;
  },
  ({ settings: { GossipLANProbeInterval, GossipLANSuspicionMult } }) => {
    const probeMs = millisecondsOf(GossipLANProbeInterval) ?? 0;
    const mult = typeof GossipLANSuspicionMult === 'number' ? GossipLANSuspicionMult : 0;
    return probeMs > GOSSIP.probeIntervalMs || mult > GOSSIP.suspicionMult
      ? `Consul finds dead hosts later than with its defaults (gossip_lan: probe_interval ${probeMs / 1_000} s, suspicion_mult ${mult}), and all pods fail over later by as much`
      : undefined;
  },
  ({ settings: { KVMaxValueSize } }) =>
    typeof KVMaxValueSize === 'number' && KVMaxValueSize < MIN_VALUE_BYTES
      ? `definitions of more than ${KVMaxValueSize} bytes are refused: leave limits.kv_max_value_size at its default of ${MIN_VALUE_BYTES}`
      : undefined,
  ({ settings: { HTTPMaxConnsPerClient } }) =>
    typeof HTTPMaxConnsPerClient === 'number' && HTTPMaxConnsPerClient < MIN_CONNECTIONS
      ? `Consul allows ${HTTPMaxConnsPerClient} connections for each client, and an agent that is refused one may lose its claims: leave limits.http_max_conns_per_client at its default of 200`
      : undefined,
  ({ settings: { RPCRateLimit } }) =>
    typeof RPCRateLimit === 'number' && RPCRateLimit >= 0 && RPCRateLimit < MIN_RPC_RATE
      ? `Consul refuses more than ${RPCRateLimit} requests in a second, renewals of claims among them: leave limits.rpc_rate at its default (no limit)`
      : undefined,
  ({ version }) =>
    isTooOld(version) ? `Consul ${version} is too old: 1.8 or later is what is tested` : undefined,
];

/** What about the settings of this host's Consul breaks a promise of Raftainer. Pure. */
export function consulWarnings(self: AgentSelf, terms: LeaseTerms): readonly string[] {
  return RULES.flatMap((rule) => rule(self, terms) ?? []);
}

function isTooOld(version: string): boolean {
  const [major, minor] = version.split('.').map(Number);
  if (major === undefined || minor === undefined || Number.isNaN(major + minor)) return false;
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** A duration as Consul writes them: `1m30s`, `500ms`. */
function millisecondsOf(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^(?:[\d.]+(?:ms|s|m|h))+$/.test(value)) return undefined;
  const parts = value.matchAll(/([\d.]+)(ms|s|m|h)/g);
  return [...parts].reduce((sum, [, number, unit]) => sum + Number(number) * (UNIT_MS[unit ?? ''] ?? 0), 0);
}
