import type { Decoder } from './decoder.js';
import { array, number, object, oneOf, optional, string } from './decoder.js';

/** Where a slot is in its life. */
export type SlotPhase =
  | 'pending'
  | 'pulling'
  | 'starting'
  | 'running'
  | 'healthy'
  | 'unhealthy'
  | 'stopping'
  | 'backoff'
  | 'failed'
  | 'completed';

/** A container port as it was published. */
export interface PortStatus {
  /** The port's name in the definition. */
  readonly name?: string;
  readonly hostIp?: string;
  readonly hostPort?: number;
  readonly containerPort: number;
  readonly protocol: string;
}

/** One container of a slot. */
export interface ContainerStatus {
  readonly name: string;
  /** Docker's id. */
  readonly id: string;
  readonly image: string;
  /** Docker's word, such as `running` or `exited`. */
  readonly state: string;
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy';
  readonly exitCode?: number;
  readonly ports: readonly PortStatus[];
}

/** A secret that a slot uses, without its value. */
export interface SecretStatus {
  readonly kind: 'kv' | 'database' | 'pki';
  /** Path of a KV secret, or `mount/role`. */
  readonly name: string;
  /** Version in use, of a secret of KV 2. */
  readonly version?: string;
  /** When the lease or the certificate ends unless it is renewed or replaced, ISO 8601; refreshed now and then. */
  readonly expiresAt?: string;
  /** Since when Vault could not be asked about it, ISO 8601; the last good value is in use. */
  readonly staleSince?: string;
  /** What is wrong with it in Vault now, for people; the last good value is in use. */
  readonly problem?: string;
  /** Names of the containers that use it. */
  readonly usedBy: readonly string[];
}

/** What the holder of a slot says about it; written only when it changes. */
export interface SlotStatus {
  readonly pod: string;
  readonly index: number;
  readonly host: string;
  readonly phase: SlotPhase;
  readonly containers: readonly ContainerStatus[];
  /** Attempts that failed within the restart policy's interval: containers that ended, images not to be had, and so on. */
  readonly restarts: number;
  readonly revision: string;
  /** The claim's epoch at the time of writing; a status of an older epoch is history. */
  readonly epoch: number;
  /** Code of the failure that the slot backs off from. */
  readonly reason?: string;
  /** For people. */
  readonly message?: string;
  /** The secrets that it uses; absent when it uses none. Never a value. */
  readonly secrets?: readonly SecretStatus[];
  /** When the slot came into this phase, ISO 8601. */
  readonly since: string;
}

const port: Decoder<PortStatus> = object<PortStatus>({
  name: optional(string),
  hostIp: optional(string),
  hostPort: optional(number),
  containerPort: number,
  protocol: string,
});

const container: Decoder<ContainerStatus> = object<ContainerStatus>({
  name: string,
  id: string,
  image: string,
  state: string,
  health: oneOf('none', 'starting', 'healthy', 'unhealthy'),
  exitCode: optional(number),
  ports: array(port),
});

const secret: Decoder<SecretStatus> = object<SecretStatus>({
  kind: oneOf('kv', 'database', 'pki'),
  name: string,
  version: optional(string),
  expiresAt: optional(string),
  staleSince: optional(string),
  problem: optional(string),
  usedBy: array(string),
});

export const slotStatusDecoder: Decoder<SlotStatus> = object<SlotStatus>({
  pod: string,
  index: number,
  host: string,
  phase: oneOf(
    'pending',
    'pulling',
    'starting',
    'running',
    'healthy',
    'unhealthy',
    'stopping',
    'backoff',
    'failed',
    'completed',
  ),
  containers: array(container),
  restarts: number,
  revision: string,
  epoch: number,
  reason: optional(string),
  message: optional(string),
  secrets: optional(array(secret)),
  since: string,
});
