import type { HostFacts } from './host-facts.js';

export type ConstraintOperator =
  '=' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not-in' | 'exists' | 'not-exists' | 'regexp' | 'semver';

/** What a constraint compares with. */
export type ConstraintValue = string | number | boolean | readonly (string | number)[];

/** A hard requirement on one attribute of a host. */
export interface Constraint {
  /** A name of {@link ATTRIBUTES}, or `labels.NAME`. */
  readonly attribute: string;
  readonly operator: ConstraintOperator;
  /** Absent for `exists` and `not-exists`; a list for `in` and `not-in`. */
  readonly value?: ConstraintValue;
}

/** What is to be set aside on a host. Absent amounts ask for nothing. */
export interface ResourceRequest {
  /** Cores, such as 0.5; exact to a billionth. */
  readonly cpu?: number | undefined;
  readonly memoryBytes?: number | undefined;
  readonly diskBytes?: number | undefined;
  /** Processes. Checked only where the host's {@link Capacity} says how many it has. */
  readonly pids?: number | undefined;
  readonly gpus?: GpuRequest | undefined;
}

/** GPUs as whole devices. */
export interface GpuRequest {
  readonly count: number;
  /** Memory that each device must have at least. */
  readonly minVramBytes?: number | undefined;
  /** Part of the model's name, compared without case. */
  readonly model?: string | undefined;
}

export interface Requirements {
  readonly constraints: readonly Constraint[];
  readonly resources?: ResourceRequest | undefined;
}

/** What others on the host have set aside already. */
export interface Allocated {
  readonly cpu?: number | undefined;
  readonly memoryBytes?: number | undefined;
  readonly diskBytes?: number | undefined;
  readonly pids?: number | undefined;
  /** Ids of the devices that are taken. */
  readonly gpus?: readonly string[] | undefined;
}

/** What may be set aside altogether, where that is not all the host has. */
export interface Capacity {
  readonly cpu?: number | undefined;
  readonly memoryBytes?: number | undefined;
  readonly diskBytes?: number | undefined;
  readonly pids?: number | undefined;
}

/** A host as the rules see it. */
export interface Host {
  readonly facts: HostFacts;
  /** Default: nothing. */
  readonly allocated?: Allocated | undefined;
  /** Default: all cores, memory and disk of the facts; processes unlimited. */
  readonly capacity?: Capacity | undefined;
}
