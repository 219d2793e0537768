import type { CallOptions } from './call-options.js';

/** Networks of the engine. Where a call takes an id, the name does as well. */
export interface Networks {
  /** All of them, or those with the labels; one API call. Default deadline: the client's `timeoutMs`. */
  list(options?: NetworkListOptions): Promise<readonly NetworkSummary[]>;
  /** @throws DockerError `DOCKER_NOT_FOUND`. Default deadline: the client's `timeoutMs`. */
  inspect(id: string, options?: CallOptions): Promise<NetworkDetails>;
  /**
   * Creates a bridge network and gives its id. Default deadline: the client's `changeTimeoutMs`.
   *
   * @throws DockerError `DOCKER_CONFLICT` when the name is taken, `DOCKER_SUBNET_OVERLAP`, `DOCKER_BAD_REQUEST`.
   */
  create(spec: NetworkSpec, options?: CallOptions): Promise<string>;
  /**
   * Removes it; one that does not exist is no error. Default deadline: the client's `changeTimeoutMs`.
   *
   * @throws DockerError `DOCKER_CONFLICT` while containers run on it.
   */
  remove(id: string, options?: CallOptions): Promise<void>;
}

/** Which networks to list. */
export interface NetworkListOptions extends CallOptions {
  /** Only those with all these labels; `true` for any value. */
  readonly labels?: Readonly<Record<string, string | true>>;
}

/** A bridge network to create. */
export interface NetworkSpec {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** CIDR, such as `10.42.7.0/28`. Default: one from the engine's address pools, of which there are about 30. */
  readonly subnet?: string;
  /** No way out to other networks. Default false. */
  readonly internal?: boolean;
  /** Options of the bridge driver. */
  readonly options?: Readonly<Record<string, string>>;
}

/** What a list tells about a network. */
export interface NetworkSummary {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  readonly labels: Readonly<Record<string, string>>;
  /** In CIDR notation. */
  readonly subnets: readonly string[];
}

/** What inspecting a network tells. */
export interface NetworkDetails extends NetworkSummary {
  readonly internal: boolean;
  /** The running containers on it. */
  readonly containers: readonly NetworkMember[];
}

/** A container on a network. */
export interface NetworkMember {
  readonly id: string;
  readonly name: string;
  readonly ipAddress?: string;
}
