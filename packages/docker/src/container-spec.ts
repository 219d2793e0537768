/**
 * A container to create. Docker's restart policy is always `no`: whoever created the container decides about its
 * restarts.
 */
export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  /** Arguments (Docker's CMD); the image's own when absent. */
  readonly command?: readonly string[];
  /** The image's own when absent. */
  readonly entrypoint?: readonly string[];
  readonly user?: string;
  readonly workingDir?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** Name or id of the one network to join. Absent: Docker's default bridge. */
  readonly network?: string;
  /** Further names of this container on `network`. */
  readonly networkAliases?: readonly string[];
  readonly ports?: readonly PortSpec[];
  readonly mounts?: readonly MountSpec[];
  readonly resources?: ResourceLimits;
  /** GPUs by their numbers, as NVIDIA's driver counts them. Never all of them: absent or empty gives none. */
  readonly gpus?: readonly number[];
  readonly capAdd?: readonly string[];
  readonly capDrop?: readonly string[];
  readonly privileged?: boolean;
  /** Mount the root file system read-only. */
  readonly readOnly?: boolean;
  readonly securityOpt?: readonly string[];
  /** The image's own when absent; `none` disables the image's. */
  readonly healthCheck?: HealthCheckSpec | 'none';
  readonly logging?: LoggingSpec;
  readonly ulimits?: readonly UlimitSpec[];
  /** Run Docker's init as process 1. */
  readonly init?: boolean;
  /** Lines for /etc/hosts, `name:address`. */
  readonly extraHosts?: readonly string[];
  /** Name server addresses. */
  readonly dns?: readonly string[];
  /** Signal that asks it to stop; the image's own, or SIGTERM, when absent. */
  readonly stopSignal?: string;
  readonly hostname?: string;
}

/**
 * A port of the container. It is published only when `hostPort` or `hostIp` is given, so that an address which
 * somebody forgot to set never opens a port on all interfaces.
 */
export interface PortSpec {
  readonly containerPort: number;
  readonly protocol: 'tcp' | 'udp';
  /** Address of the host to bind. Absent with a `hostPort`: all of them. */
  readonly hostIp?: string;
  /** Port of the host. 0, or absent with a `hostIp`: the engine picks one. */
  readonly hostPort?: number;
}

/** Something mounted into the container. */
export type MountSpec = BindMountSpec | VolumeMountSpec | TmpfsMountSpec;

/** A file or directory of the host; it must exist. */
export interface BindMountSpec {
  readonly type: 'bind';
  readonly source: string;
  readonly target: string;
  readonly readOnly?: boolean;
}

/** A named volume, created with `labels` when it does not exist. */
export interface VolumeMountSpec {
  readonly type: 'volume';
  readonly source: string;
  readonly target: string;
  readonly readOnly?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Memory that ends with the container. */
export interface TmpfsMountSpec {
  readonly type: 'tmpfs';
  readonly target: string;
  readonly sizeBytes?: number;
}

/** Upper limits; absent means unlimited. */
export interface ResourceLimits {
  /** Cores, such as 0.5. */
  readonly cpu?: number;
  /** Memory; the container gets no swap beyond it. */
  readonly memoryBytes?: number;
  /** Number of processes and threads. */
  readonly pids?: number;
  /** Size of /dev/shm. Default of the engine: 64 MiB. */
  readonly shmBytes?: number;
}

/** A command that Docker runs in the container; exit code 0 is healthy. */
export interface HealthCheckSpec {
  readonly command: readonly string[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Failures in a row that make it unhealthy. */
  readonly retries: number;
  /** Failures in this first time do not count. */
  readonly startPeriodMs: number;
}

/** A log driver of the engine and its options. */
export interface LoggingSpec {
  readonly driver: string;
  readonly options: Readonly<Record<string, string>>;
}

/** A limit of the kernel, such as `nofile`. */
export interface UlimitSpec {
  readonly name: string;
  readonly soft: number;
  readonly hard: number;
}
