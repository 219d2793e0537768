import type { ContainerSecrets } from './container-secrets.js';

/** A published port of a planned container. */
export interface PortPlan {
  readonly containerPort: number;
  readonly protocol: 'tcp' | 'udp';
  readonly hostIp: string;
  readonly hostPort: number;
}

/** What is mounted into a planned container. */
export type MountPlan =
  | { readonly type: 'bind'; readonly source: string; readonly target: string; readonly readOnly: boolean }
  | {
      readonly type: 'volume';
      readonly source: string;
      readonly target: string;
      readonly readOnly: boolean;
      readonly labels: Readonly<Record<string, string>>;
    }
  | { readonly type: 'tmpfs'; readonly target: string; readonly sizeBytes?: number };

/** Docker's own health check, run inside the container. */
export interface HealthCheckPlan {
  readonly command: readonly string[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly startPeriodMs: number;
}

/** A GPU given to a planned container. */
export interface GpuPlan {
  /** Of the host's facts: its PCI address. */
  readonly id: string;
  /** As Docker's driver for it counts: from 0, in the order of PCI addresses. */
  readonly index: number;
}

/** A container to create: everything but the epoch, which is known only once the claim is held. */
export interface ContainerPlan {
  /** Docker's name for it. */
  readonly name: string;
  /** Its name in the pod definition. */
  readonly container: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly user?: string;
  readonly workingDir?: string;
  readonly env: Readonly<Record<string, string>>;
  /** Variables that get the slot's epoch. */
  readonly epochVariables: readonly string[];
  /** Its secrets and files, when it has any. */
  readonly secrets?: ContainerSecrets;
  readonly labels: Readonly<Record<string, string>>;
  readonly network: string;
  readonly networkAliases: readonly string[];
  readonly ports: readonly PortPlan[];
  readonly mounts: readonly MountPlan[];
  readonly resources: {
    readonly cpu?: number;
    readonly memoryBytes?: number;
    readonly pids?: number;
    readonly shmBytes?: number;
  };
  /** Devices, never "all"; empty for none. */
  readonly gpus: readonly GpuPlan[];
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly privileged: boolean;
  readonly readOnly: boolean;
  readonly securityOpt: readonly string[];
  /** `none` disables the check that the image brings; absent leaves it. */
  readonly healthCheck?: HealthCheckPlan | 'none';
  readonly logging?: { readonly driver: string; readonly options: Readonly<Record<string, string>> };
  readonly ulimits: readonly { readonly name: string; readonly soft: number; readonly hard: number }[];
  readonly init: boolean;
  readonly extraHosts: readonly string[];
  readonly dns: readonly string[];
  readonly stopSignal?: string;
  /** The container's own host name. */
  readonly hostname: string;
}
