import type { SecretSource } from './secret-types.js';

/** When a container of a pod runs. */
export type ContainerRole = 'startup' | 'main' | 'sidecar';

/** One container of a pod. */
export interface Container {
  /** A DNS label; also its host name on the pod's network. */
  readonly name: string;
  /** Image reference, with a tag or digest. */
  readonly image: string;
  /** `startup` runs to completion, in order, before the others. Default `main`. */
  readonly role: ContainerRole;
  /** Arguments (Docker's CMD). */
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly user?: string;
  readonly workingDir?: string;
  readonly environment: Readonly<Record<string, EnvironmentValue>>;
  readonly files: readonly FileSpec[];
  readonly ports: readonly Port[];
  readonly volumes: readonly VolumeMount[];
  readonly resources: Resources;
  readonly healthCheck?: HealthCheck;
  readonly dependsOn: readonly Dependency[];
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly privileged: boolean;
  /** Mount the root file system read-only. */
  readonly readOnly: boolean;
  readonly securityOpt: readonly string[];
  /** When to pull the image. Default `missing`. */
  readonly pull: PullPolicy;
  /** Where the registry's credentials are. */
  readonly registry?: RegistryCredentials;
  readonly logging?: Logging;
  readonly ulimits: readonly Ulimit[];
  /** Run Docker's init as process 1. Default false. */
  readonly init: boolean;
  /** Lines for /etc/hosts, `name:address`. */
  readonly extraHosts: readonly string[];
  /** Name server addresses. */
  readonly dns: readonly string[];
  /** Signal that asks the container to stop; the image's own when absent. */
  readonly stopSignal?: string;
}

/** When an image is pulled. */
export type PullPolicy = 'always' | 'missing' | 'never';

/** A literal, or where the value comes from. */
export type EnvironmentValue = string | SecretSource | HostValue | SlotValue;

/** A fact of the host, such as `region` or `labels.zone`. */
export interface HostValue {
  readonly host: string;
}

/** A fact of the slot. */
export interface SlotValue {
  readonly slot: 'pod' | 'index' | 'id' | 'revision' | 'epoch';
}

/** A file put into the container, on tmpfs. */
export interface FileSpec {
  /** Absolute path in the container. */
  readonly path: string;
  readonly content: string | SecretSource;
  /** Octal permission bits as a number. Default 0o400. */
  readonly mode: number;
  /** `user` or `user:group`, by name or number; the container's user when absent. */
  readonly owner?: string;
  readonly onChange: FileChangeAction;
}

/** What happens when the content of a file changes while its container runs. */
export type FileChangeAction =
  { readonly action: 'restart' | 'none' } | { readonly action: 'signal'; readonly signal: string };

/** Transport of a port. */
export type PortProtocol = 'tcp' | 'udp';

/** A port that a container listens on. */
export interface Port {
  /** A DNS label; makes the Consul service `{pod}-{name}`. */
  readonly name?: string;
  readonly containerPort: number;
  readonly protocol: PortProtocol;
  /** `internal`: the secure address of the host; `external`: all its addresses; `none`: the pod's network only. Default `none`. */
  readonly publish: 'internal' | 'external' | 'none';
  /** A fixed port of the host; absent: one from the agent's range. */
  readonly hostPort?: number;
  /** Host name for an ingress (Traefik tags). */
  readonly hostname?: string;
}

/** A volume in a container: one of the pod's by name, a host path, or tmpfs of its own. */
export type VolumeMount = PodVolumeMount | HostPathMount | TmpfsMount;

/** One of the pod's volumes in a container. */
export interface PodVolumeMount {
  readonly type: 'volume';
  /** Name of one of the pod's volumes. */
  readonly volume: string;
  readonly mountPath: string;
  readonly readOnly: boolean;
}

/** A path of the host in a container. */
export interface HostPathMount {
  readonly type: 'host';
  readonly hostPath: string;
  readonly mountPath: string;
  readonly readOnly: boolean;
}

/** Memory of this container's own. */
export interface TmpfsMount {
  readonly type: 'tmpfs';
  readonly mountPath: string;
  readonly sizeBytes?: number;
}

/** What a container may use; requests and limits are one. */
export interface Resources {
  /** Cores, such as 0.5. */
  readonly cpu?: number;
  readonly memoryBytes?: number;
  /** Highest number of processes. */
  readonly pids?: number;
  /** Size of /dev/shm. */
  readonly shmBytes?: number;
  readonly gpus?: GpuRequest;
}

/** GPUs as devices. */
export interface GpuRequest {
  readonly count: number;
  /** Memory that each must have at least. */
  readonly minVramBytes?: number;
  /** Part of the model's name, compared without case. */
  readonly model?: string;
}

/** How the health of a container is judged. */
export type HealthCheck = HttpHealthCheck | TcpHealthCheck | ExecHealthCheck | DockerHealthCheck;

/** Common to all health checks. */
export interface HealthCheckTiming {
  /** Default 10 s. */
  readonly intervalMs: number;
  /** Default 5 s. */
  readonly timeoutMs: number;
  /** Failures in a row that make it unhealthy. Default 3. */
  readonly threshold: number;
  /** Failures in this first time do not count. Default 0. */
  readonly startPeriodMs: number;
}

/** The agent requests a path on the container's address; 2xx and 3xx are healthy. */
export interface HttpHealthCheck extends HealthCheckTiming {
  readonly type: 'http';
  readonly port: number;
  readonly path: string;
}

/** The agent connects to a port on the container's address. */
export interface TcpHealthCheck extends HealthCheckTiming {
  readonly type: 'tcp';
  readonly port: number;
}

/** Docker runs a command in the container; exit code 0 is healthy. */
export interface ExecHealthCheck extends HealthCheckTiming {
  readonly type: 'exec';
  readonly command: readonly string[];
}

/** The HEALTHCHECK that the image brings; its timing is the image's own. */
export interface DockerHealthCheck {
  readonly type: 'docker';
}

/** Start a container only after another one has come so far. */
export interface Dependency {
  readonly container: string;
  readonly condition: 'started' | 'healthy' | 'completed';
}

/** Registry credentials kept in Vault. */
export interface RegistryCredentials {
  readonly vault: { readonly path: string };
}

/** Docker log driver. */
export interface Logging {
  readonly driver: string;
  readonly options: Readonly<Record<string, string>>;
}

/** A limit of the kernel on each process, getrlimit(2). */
export interface Ulimit {
  readonly name: string;
  readonly soft: number;
  readonly hard: number;
}
