import type { LeaseTerms } from '../lease/lease-terms.js';
import type { ConsulOptions } from '@raftainer/consul';
import type { HostPolicy } from '@raftainer/planner';
import type { LogFormat, LogLevel } from '@raftainer/logger';

/** Everything the agent is told from outside, validated. */
export interface Config {
  /** Name of this host in the cluster. */
  readonly host: string;
  readonly region?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Internal ports are bound to this address. */
  readonly secureIp: string;
  /** Services are advertised at this address. */
  readonly internalIp: string;
  /** Take over this host's previous session at once instead of waiting for it to lapse. */
  readonly fastStartup: boolean;
  /** Host ports for those that the definition leaves open, both ends included. */
  readonly portRange: { readonly from: number; readonly to: number };
  /** Pod networks are cut from this range. */
  readonly podSubnets: { readonly range: string; readonly prefixLength: number };
  /** Slots that create and start containers at the same time. */
  readonly concurrency: number;
  readonly stateDir: string;
  /** The times on which "at most one" rests. */
  readonly lease: LeaseTerms;
  /** What the owner of this host allows; absent: everything. */
  readonly policy?: HostPolicy;
  readonly consul: ConsulConfig;
  readonly log: { readonly level: LogLevel; readonly format: LogFormat };
}

/** The Consul to use: one that runs, or the embedded one on loopback. */
export type ConsulConfig =
  | { readonly kind: 'external'; readonly options: ConsulOptions }
  | { readonly kind: 'embedded'; readonly port: number };
