import type { LeaseTerms } from '../lease/lease-terms.js';
import type { ConsulOptions } from '@raftainer/consul';
import type { HostPolicy } from '@raftainer/planner';
import type { LogFormat, LogLevel } from '@raftainer/logger';
import type { VaultOptions } from '@raftainer/vault';

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
  /** How long the Docker engine may be silent before what is dead on this host is given up, in milliseconds. */
  readonly enginePatienceMs: number;
  /** The times on which "at most one" rests. */
  readonly lease: LeaseTerms;
  /** How long the slots of hosts that went together wait for them, in milliseconds. */
  readonly returnMs: number;
  /** What the owner of this host allows; absent: everything. */
  readonly policy?: HostPolicy;
  readonly consul: ConsulConfig;
  readonly vault: VaultConfig;
  readonly secrets: SecretsConfig;
  readonly log: { readonly level: LogLevel; readonly format: LogFormat };
}

/** The Vault to use: one that runs, the embedded one, or none. */
export type VaultConfig =
  | { readonly kind: 'external'; readonly options: VaultOptions }
  /** Without a port: Vault's own, or any when that is taken. */
  | { readonly kind: 'embedded'; readonly port?: number }
  | { readonly kind: 'none' };

/** How secrets reach pods. */
export interface SecretsConfig {
  /** Folder for files, which has to be in memory; absent: one that is. */
  readonly directory?: string;
  /** Time between two looks at a KV secret, in milliseconds. */
  readonly pollMs: number;
  /** How much later each instance of a pod gets a change than the one before, in milliseconds. */
  readonly splayMs: number;
}

/** The Consul to use: one that runs, or the embedded one on loopback. */
export type ConsulConfig =
  | { readonly kind: 'external'; readonly options: ConsulOptions }
  | { readonly kind: 'embedded'; readonly port: number };
