import type { Action } from './action.js';
import type { SlotId } from '@raftainer/pod-spec';
import type { ContainerSecrets } from './container-secrets.js';
import type { ContainerHealth, SecretUseView } from './snapshot.js';
import type { RuleFailure } from '@raftainer/constraints';

/** What one cycle decides: data only, every action with its reason. */
export interface Plan {
  /** Work by slot: ordered within a slot, slots side by side. Slots with nothing to do are absent. */
  readonly slots: ReadonlyMap<SlotId, SlotPlan>;
  /** Work under way that serves a definition which is no longer wanted. */
  readonly cancel: readonly SlotId[];
  /** Containers found dead: to be remembered, so that the restart waits its turn. */
  readonly deaths: readonly Death[];
  /** What to publish about the slots that this host holds. */
  readonly statuses: ReadonlyMap<SlotId, SlotStatusPlan>;
  /** What the TTL checks of the slots' services should say. */
  readonly health: ReadonlyMap<SlotId, SlotHealth>;
  /** The secrets of the slots that this host holds, those without any too: what is not needed any more is given back. */
  readonly secrets: ReadonlyMap<SlotId, SlotSecretsPlan>;
  /** Pods that this host refuses, and every reason; empty when it refuses none. */
  readonly verdicts: readonly PodVerdictPlan[];
  /** When the plan may change although nothing happens, milliseconds since the epoch. */
  readonly wakeAt?: number;
}

/** The work on one slot. */
export interface SlotPlan {
  /** Revision worked towards; absent when the slot is taken down. */
  readonly revision?: string;
  readonly actions: readonly Action[];
  /** Its containers must not run while the claim is not proven. */
  readonly fenced: boolean;
  /** Epoch of the claim that is held already, and its session; absent when the work begins by taking it. */
  readonly epoch?: number;
  readonly session?: string;
  /** Host ports, GPUs and subnet that the work takes for itself. */
  readonly hostPorts: readonly number[];
  readonly gpus: readonly string[];
  readonly subnet?: string;
  /** How many hosts came first in the ranking, when the work begins by taking the slot. */
  readonly rank?: number;
}

/** A container that ended although it should run. */
export interface Death {
  readonly slot: SlotId;
  readonly revision: string;
  readonly container: string;
  readonly message: string;
}

export type SlotPhase =
  | 'pending'
  | 'pulling'
  | 'starting'
  | 'running'
  | 'healthy'
  | 'unhealthy'
  | 'stopping'
  | 'backoff'
  | 'failed';

/** What is published about a slot. */
export interface SlotStatusPlan {
  readonly phase: SlotPhase;
  readonly revision: string;
  readonly epoch: number;
  readonly containers: readonly ContainerStatusPlan[];
  /** Failures within the restart policy's interval. */
  readonly failures: number;
  readonly reason?: string;
  readonly message?: string;
  /** Absent when it has none. */
  readonly secrets?: readonly SecretUseView[];
}

/** What is published about a container. */
export interface ContainerStatusPlan {
  readonly name: string;
  readonly id: string;
  readonly image: string;
  readonly state: string;
  readonly health: ContainerHealth;
  readonly exitCode?: number;
  readonly ports: readonly {
    readonly name?: string;
    readonly containerPort: number;
    readonly protocol: 'tcp' | 'udp';
    readonly hostIp: string;
    readonly hostPort: number;
  }[];
}

/** The secrets and files of a slot's containers. */
export interface SlotSecretsPlan {
  /** Which claim they are for. */
  readonly epoch: number;
  /** Session that holds it. */
  readonly session: string;
  readonly containers: readonly {
    readonly secrets: ContainerSecrets;
    /** The container that runs with them; absent while it is still to be made, or ended. */
    readonly id?: string;
  }[];
}

/** Whether a slot can serve. */
export interface SlotHealth {
  /** Ids of the TTL checks of the slot's registered services. */
  readonly checkIds: readonly string[];
  readonly status: 'passing' | 'critical';
  readonly note: string;
}

/** Why this host refuses a pod. */
export interface PodVerdictPlan {
  readonly pod: string;
  /** What is refused; absent when the definition cannot be read. */
  readonly revision?: string;
  readonly failures: readonly RuleFailure[];
  readonly problems: readonly string[];
}
