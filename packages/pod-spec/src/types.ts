import type { Container } from './container-types.js';

export type * from './container-types.js';
export type * from './secret-types.js';

/**
 * A pod definition after parsing: defaults filled in, every quantity a number whose name says its unit.
 * What a user writes (strings such as `"512Mi"` and `"30s"`) is described by the JSON Schema.
 */
export interface Pod {
  /** A DNS label; names the KV key, the Docker objects and the Consul service. */
  readonly name: string;
  readonly kind: PodKind;
  /** How many slots (numbered instances) run at once. Default 1. */
  readonly instances: number;
  /** Only for `kind: periodic`. */
  readonly schedule?: Schedule;
  readonly constraints: readonly Constraint[];
  readonly affinities: readonly Affinity[];
  readonly spread: readonly Spread[];
  /** Slots on as many hosts as possible, or on as few. Default `spread`. */
  readonly placement: 'spread' | 'pack';
  /** At most one live copy of each slot, at the price of a slower failover. Default true. */
  readonly exclusive: boolean;
  /** What happens to an exclusive pod when its claim can no longer be proven. Default `stop`. */
  readonly onDisconnect: 'stop' | 'keep';
  readonly update?: UpdateStrategy;
  readonly restart: RestartPolicy;
  /** Time between the stop signal and SIGKILL, in milliseconds. Default 10 s. */
  readonly stopGracePeriodMs: number;
  readonly volumes: readonly PodVolume[];
  /** Labels of the user's own, put on every container of the pod. */
  readonly labels: Readonly<Record<string, string>>;
  /** How the pod's secrets are read; as the agent itself may when absent. */
  readonly vault?: PodVault;
  readonly containers: readonly Container[];
}

/** What the pod may read from Vault. */
export interface PodVault {
  /** Token role of Vault: every slot gets a token of its own, made with it. */
  readonly role: string;
}

/** How a pod lives. */
export type PodKind = 'service' | 'job' | 'periodic' | 'system';

/** When a periodic pod runs. */
export interface Schedule {
  /** Cron expression of five or six fields. */
  readonly cron: string;
  /** IANA time zone. Default `UTC`. */
  readonly timeZone: string;
  /** What to do when a run is due while the last one still runs. Default `forbid`. */
  readonly overlap: 'allow' | 'forbid' | 'replace';
}

/** How a host attribute is compared. */
export type ConstraintOperator =
  '=' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not-in' | 'exists' | 'not-exists' | 'regexp' | 'semver';

/** A hard requirement on a host attribute such as `cpu.cores` or `labels.zone`. */
export interface Constraint {
  readonly attribute: string;
  readonly operator: ConstraintOperator;
  /** Absent for `exists` and `not-exists`; a list for `in` and `not-in`. */
  readonly value?: string | number | boolean | readonly (string | number)[];
}

/** A preference: like a constraint, with a weight from -100 (avoid) to 100 (prefer). */
export interface Affinity extends Constraint {
  readonly weight: number;
}

/** Spread the slots of a pod over the values of a host attribute. */
export interface Spread {
  readonly attribute: string;
  /** From 1 to 100. Default 50. */
  readonly weight: number;
}

/** How a changed definition is rolled out. */
export interface UpdateStrategy {
  readonly strategy: 'stop-first' | 'start-first';
  readonly maxParallel: number;
  /** How many slots try a new revision first; 0 for none. */
  readonly canary: number;
  readonly minHealthyTimeMs: number;
  readonly healthyDeadlineMs: number;
  readonly progressDeadlineMs: number;
  readonly autoRevert: boolean;
}

/** What happens when a container of a slot ends that should run. */
export interface RestartPolicy {
  /** Restarts allowed within `intervalMs` before the slot counts as failed on this host. Default 10. */
  readonly attempts: number;
  /** Default 10 min. */
  readonly intervalMs: number;
  /** Delay before the first restart. Default 1 s. */
  readonly delayMs: number;
  readonly backoff: Backoff;
}

/** How the restart delay grows with each failure. */
export interface Backoff {
  /** Factor from one delay to the next. Default 2. */
  readonly factor: number;
  /** Default 1 min. */
  readonly maxDelayMs: number;
}

/** A volume that containers of the pod share by name. */
export type PodVolume = NamedPodVolume | HostPodVolume | TmpfsPodVolume;

/** A Docker volume of the slot's own; kept when the pod is removed. */
export interface NamedPodVolume {
  readonly name: string;
  readonly type: 'named';
}

/** A directory or file of the host. */
export interface HostPodVolume {
  readonly name: string;
  readonly type: 'host';
  /** Absolute path on the host; it must exist. */
  readonly hostPath: string;
}

/** Memory-backed; its contents end with each container that mounts it. */
export interface TmpfsPodVolume {
  readonly name: string;
  readonly type: 'tmpfs';
  readonly sizeBytes?: number;
}
