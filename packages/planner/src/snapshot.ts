import type { SlotId, SlotRef } from '@raftainer/pod-spec';
import type { HostFacts } from '@raftainer/constraints';
import type { ContainerRole, Pod, PortProtocol } from '@raftainer/pod-spec';
import type { FleetView } from './fleet-view.js';
import type { HostPolicy } from './host-policy.js';
import type { ProbeCheck } from './probe-check.js';

/** Everything that one cycle observed. Time, randomness and memory of failures are part of it, so a plan follows from it alone. */
export interface Snapshot {
  /** Milliseconds since the epoch, by a clock that never jumps. */
  readonly now: number;
  readonly host: HostView;
  readonly sessions: SessionsView;
  readonly fleet: FleetView;
  /** The agent is told to stop its pods: everything of this host is taken down. */
  readonly stopping: boolean;
  readonly pods: ReadonlyMap<string, PodView>;
  /** The store lost or rewound its state: that a definition is missing does not mean that anybody removed it. */
  readonly definitionsInDoubt: boolean;
  readonly claims: ReadonlyMap<SlotId, ClaimView>;
  /** What of the claims nobody may rely on yet. Absent: nothing. */
  readonly claimsInDoubt?: ClaimsInDoubt;
  /** Containers that carry this host's label, whatever their state. */
  readonly containers: readonly ContainerView[];
  /** All networks of the engine; those of ours name their slot. */
  readonly networks: readonly NetworkView[];
  /** Services at the local Consul agent that this host registered. */
  readonly services: readonly ServiceView[];
  /** Slots with work under way when the observation began: what was seen of them may be old. */
  readonly busy: ReadonlyMap<SlotId, BusyView>;
  readonly failures: ReadonlyMap<SlotId, FailureView>;
  /** Failures of taking slots down; their revision means nothing. */
  readonly teardownFailures: ReadonlyMap<SlotId, FailureView>;
  /** Secrets of the slots that this host holds. */
  readonly secrets: ReadonlyMap<SlotId, SlotSecretsView>;
  /** Addresses on which something listens on this host. */
  readonly listening: readonly ListeningView[];
  /** Networks that the host routes, in CIDR notation. */
  readonly routes: readonly string[];
  /** Local image ids by reference; only those that a changed definition needs. */
  readonly images: ReadonlyMap<string, string>;
}

/**
 * The store went back to an earlier state, or forward to a later one: what it says of a slot is not what was so just before, and
 * another host may still run what it says is free, or ours. By the snapshot's clock, until whoever runs it must have noticed.
 */
export interface ClaimsInDoubt {
  /** For slots that nobody holds. */
  readonly freeUntil: number;
  /** For claims of this host that it did not take. */
  readonly held: ReadonlyMap<SlotId, number>;
}

/**
 * The Consul sessions under which this host claims. Locks of the exclusive one stay closed for the lock delay when it is
 * lost, so that a copy which cannot be told has time to be stopped; locks of the shared one are free at once.
 */
export interface SessionsView {
  /** For slots of pods with `exclusive: true`. */
  readonly exclusive: string;
  /** For the others. */
  readonly shared: string;
}

/** This host, as configured and probed. */
export interface HostView {
  readonly name: string;
  readonly region?: string;
  readonly facts: HostFacts;
  /** Internal ports are bound to this address. */
  readonly secureIp: string;
  /** Services are advertised at this address. */
  readonly internalIp: string;
  /** Dynamic ports are taken from here, both ends included. */
  readonly portRange: { readonly from: number; readonly to: number };
  /** Whether its agent knows a Vault, for the secrets of pods. Absent: it does. */
  readonly hasVault?: boolean;
  /** What its owner allows; absent: everything. */
  readonly policy?: HostPolicy;
  /** Pod networks are cut from this IPv4 range. */
  readonly podSubnets: { readonly range: string; readonly prefixLength: number };
}

/** A definition in Consul: usable, or with the reasons why not. */
export type PodView =
  | {
      readonly state: 'valid';
      readonly pod: Pod;
      readonly revision: string;
      /** Orders the pods by when they were first defined: Consul's create index. */
      readonly definedAt: number;
    }
  | { readonly state: 'invalid'; readonly problems: readonly string[] };

/** A claim record. */
export interface ClaimView {
  /** The holder; absent when the slot is free. */
  readonly session?: string;
  /** Consul's LockIndex. */
  readonly epoch: number;
  /** Host that wrote the claim's value. */
  readonly host?: string;
  /** Revision that the holder last applied. */
  readonly revision?: string;
  readonly since?: string;
}

export type ContainerState = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
export type ContainerHealth = 'none' | 'starting' | 'healthy' | 'unhealthy';

/** A container of ours. */
export interface ContainerView {
  readonly id: string;
  readonly name: string;
  readonly slot: SlotRef;
  /** Its name in the definition. */
  readonly container: string;
  readonly role: ContainerRole;
  readonly state: ContainerState;
  /** From Docker's check or the agent's own probe; `none` when neither is there. */
  readonly health: ContainerHealth;
  readonly exitCode?: number;
  /** Hash of the configuration it was created from. */
  readonly configHash: string;
  readonly revision: string;
  readonly image: string;
  readonly imageId: string;
  /** Time between its stop signal and SIGKILL when the definition no longer says it, in milliseconds. */
  readonly stopGracePeriodMs?: number;
  /** Host ports given to it, by `containerPort/protocol`. */
  readonly hostPorts: Readonly<Record<string, number>>;
  /** It must not run while the claim is not proven. */
  readonly fenced?: boolean;
  /** Ids of the GPUs given to it. */
  readonly gpus: readonly string[];
  /** The agent's own check that it was made for; absent: none, or made by an agent that did not note it. */
  readonly check?: ProbeCheck;
  readonly createdAt: number;
}

/** A Docker network. */
export interface NetworkView {
  readonly id: string;
  readonly name: string;
  readonly subnets: readonly string[];
  /** The slot it belongs to, when it is this host's. */
  readonly slot?: SlotRef;
}

/** A service that this host registered. */
export interface ServiceView {
  readonly id: string;
  readonly name: string;
  readonly slot: SlotRef;
  readonly address: string;
  readonly port?: number;
  readonly tags: readonly string[];
  readonly meta: Readonly<Record<string, string>>;
  /** Registered under credentials that are not in use any more: it has to be registered anew. */
  readonly stale?: boolean;
}

/** Work under way on a slot. */
export interface BusyView {
  /** Revision worked towards; absent while the slot is taken down. */
  readonly revision?: string;
  /** The action being executed, for the status. */
  readonly action?: string;
  readonly message?: string;
  /** What the work has taken for itself: not to be given to others. */
  readonly hostPorts: readonly number[];
  readonly gpus: readonly string[];
  readonly subnet?: string;
}

/** What is remembered of a slot's failures on this host. */
export interface FailureView {
  /** Revision that failed; a changed definition starts afresh. */
  readonly revision: string;
  /** Failures within the restart policy's interval. */
  readonly attempts: number;
  /** Not to be tried again before this time, milliseconds since the epoch. */
  readonly retryAt: number;
  /** A retry has been started since the failure. */
  readonly retried: boolean;
  /** The restart policy's attempts are used up. */
  readonly exhausted: boolean;
  readonly code: string;
  readonly message: string;
}

/** What is known of a slot's secrets; never a value. */
export interface SlotSecretsView {
  readonly uses: readonly SecretUseView[];
  readonly changes: readonly SecretChangeView[];
}

/** A secret that a slot uses. */
export interface SecretUseView {
  readonly kind: 'kv' | 'database' | 'pki';
  /** Path of a KV secret, or `mount/role`. */
  readonly name: string;
  /** Version of the KV secret that is in use. */
  readonly version?: string;
  /** When the lease or the certificate ends unless it is renewed or replaced, ISO 8601. */
  readonly expiresAt?: string;
  /** Since when Vault could not be asked about it, ISO 8601; what is in use is the last that was known. */
  readonly staleSince?: string;
  /** What is wrong with what Vault says about it now, while the last good value stays in use. */
  readonly problem?: string;
  /** Names of the containers that use it. */
  readonly usedBy: readonly string[];
}

/** What has to be done to a container so that it gets its secrets as they are now. */
export type SecretEffect = 'recreate' | 'restart' | 'refresh';

/** A running container was given secrets that are out of date. */
export interface SecretChangeView {
  readonly containerId: string;
  readonly effect: SecretEffect;
  /** Not to be done before, so that slots take turns; milliseconds, of the same clock as `now`. */
  readonly dueAt: number;
}

/** A listening socket of the host. */
export interface ListeningView {
  readonly address: string;
  readonly port: number;
  readonly protocol: PortProtocol;
}
