import { expect, it } from 'vitest';

import { DEFAULT_LEASE_TERMS } from '../lease/lease-terms.js';
import { consulWarnings } from './consul-warnings.js';

import type { AgentSelf } from '@raftainer/consul';

/** Settings with which nothing breaks, under the names that Consul 1.8 gives them. */
const GOOD = {
  LeaveOnTerm: false,
  SkipLeaveOnInt: true,
  ConsulRaftHeartbeatTimeout: '1s',
  SessionTTLMin: '0s',
  GossipLANProbeInterval: '1s',
  GossipLANSuspicionMult: 4,
  KVMaxValueSize: 524_288,
  HTTPMaxConnsPerClient: 200,
  RPCRateLimit: -1,
};

function warningsOf(settings: object, changes: Partial<AgentSelf> = {}): readonly string[] {
  const self = { nodeName: 'n', version: '1.8.7', datacenter: 'dc1', server: true, ...changes };
  return consulWarnings({ ...self, settings: { ...GOOD, ...settings } }, DEFAULT_LEASE_TERMS);
}

it('has nothing against what is advised, nor against what Consul does not tell', () => {
  expect(warningsOf({})).toEqual([]);
  expect(warningsOf(Object.fromEntries(Object.keys(GOOD).map((name) => [name, undefined])))).toEqual([]);
  expect(warningsOf({ RPCRateLimit: 1e308, SessionTTLMin: 'hidden' })).toEqual([]);
});

it.each([
  [{ LeaveOnTerm: true }, /leave_on_terminate = false/],
  [{ SkipLeaveOnInt: false }, /skip_leave_on_interrupt = true/],
  [{ ConsulRaftHeartbeatTimeout: '5s' }, /may need 15 s .* after 4\.5 s .*raft_multiplier = 1/],
  [{ SessionTTLMin: '1m30s' }, /90 s at least/],
  [{ GossipLANProbeInterval: '5s' }, /probe_interval 5 s/],
  [{ GossipLANSuspicionMult: 6 }, /suspicion_mult 6/],
  [{ KVMaxValueSize: 1_000 }, /more than 1000 bytes/],
  [{ HTTPMaxConnsPerClient: 5 }, /allows 5 connections/],
  [{ RPCRateLimit: 10 }, /more than 10 requests/],
])('%j breaks something, and it says what to set', (settings, words) => {
  expect(warningsOf(settings)).toEqual([expect.stringMatching(words)]);
});

it('judges elections by the settings of servers only', () => {
  expect(warningsOf({ ConsulRaftHeartbeatTimeout: '5s' }, { server: false })).toEqual([]);
});

it.each([
  ['1.7.14', 1],
  ['0.9.3', 1],
  ['1.22.0', 0],
  ['2.0.0-dev', 0],
  ['', 0],
])('version %s', (version, count) => {
  expect(warningsOf({}, { version })).toHaveLength(count);
});
