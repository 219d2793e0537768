/** The life of a container, in Docker's words. */
export type ContainerState = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';

/** What Docker's health check says; `none` when there is no check. */
export type ContainerHealth = 'none' | 'starting' | 'healthy' | 'unhealthy';

/** A port that a container exposes, and where it is published, if it is. */
export interface PublishedPort {
  /** Address of the host that is bound. Absent when the port is not published. */
  readonly hostIp?: string;
  /** Absent when the port is not published. */
  readonly hostPort?: number;
  readonly containerPort: number;
  readonly protocol: string;
}

/** A network that a container is attached to. */
export interface NetworkAttachment {
  readonly name: string;
  /** IPv4 address; absent while the container does not run. */
  readonly ipAddress?: string;
}

/** What one list call tells about a container. */
export interface ContainerSummary {
  readonly id: string;
  /** Without Docker's leading slash. */
  readonly name: string;
  /** The reference that the container was created with. */
  readonly image: string;
  readonly imageId: string;
  readonly state: ContainerState;
  readonly health: ContainerHealth;
  /** Only when the container has exited. */
  readonly exitCode?: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly PublishedPort[];
  readonly networks: readonly NetworkAttachment[];
  /** Milliseconds since the epoch; from a list, exact to the second. */
  readonly createdAt: number;
}
