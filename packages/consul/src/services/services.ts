import type { CallOptions } from '../call-options.js';
import type { CheckStatus, ServiceDefinition } from './service-definition.js';

/** A service as this agent knows it. */
export interface AgentService {
  readonly id: string;
  readonly name: string;
  /** Empty: the node's address. */
  readonly address: string;
  readonly port: number;
  readonly tags: readonly string[];
  readonly meta: Readonly<Record<string, string>>;
}

/** A check with its state. */
export interface CheckState {
  readonly checkId: string;
  readonly name: string;
  readonly status: CheckStatus;
  /** What the check printed, or the note of the last `pass`, `warn` or `fail`. */
  readonly output: string;
  /** Name of the node that it belongs to; of the agent's own lists only. */
  readonly node?: string;
  /** Absent: a check of the node. */
  readonly serviceId?: string;
  readonly serviceName?: string;
}

/** One instance of a service, on any node, with everything that speaks for or against it. */
export interface ServiceHealth {
  readonly node: string;
  readonly nodeAddress: string;
  readonly service: AgentService;
  /** Checks of the service and of its node. */
  readonly checks: readonly CheckState[];
  /** The worst of its checks. */
  readonly status: CheckStatus;
}

/** The agent that the client talks to. */
export interface AgentSelf {
  readonly nodeName: string;
  readonly datacenter: string;
  readonly version: string;
  /** True on a Consul server, false on a client agent. */
  readonly server: boolean;
  /** Its settings, under their names in Consul's code: not documented, and not the same in every version. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Which services of the agent. */
export interface ServiceListOptions extends CallOptions {
  /** Consul's filter expression, such as `Service == "web" and "v1" in Tags`. */
  readonly filter?: string;
}

/** Which instances. */
export interface ServiceHealthOptions extends CallOptions {
  /** Only those whose checks all pass. Default false. */
  readonly passing?: boolean;
}

/** Reports for TTL checks. Each throws `CONSUL_NOT_FOUND` when the agent does not know the check. */
export interface TtlReports {
  pass(checkId: string, note?: string, options?: CallOptions): Promise<void>;
  warn(checkId: string, note?: string, options?: CallOptions): Promise<void>;
  fail(checkId: string, note?: string, options?: CallOptions): Promise<void>;
}

/** Services and checks of the local agent, and the health of services anywhere. */
export interface Services {
  /** Registers, or replaces the registration of the same id together with its checks. */
  register(definition: ServiceDefinition, options?: CallOptions): Promise<void>;
  /** Removes a service and its checks. One that is not there is no error. */
  deregister(id: string, options?: CallOptions): Promise<void>;
  /** The services registered on this agent. */
  list(options?: ServiceListOptions): Promise<readonly AgentService[]>;
  /** The checks registered on this agent. */
  checks(options?: ServiceListOptions): Promise<readonly CheckState[]>;
  readonly ttl: TtlReports;
  /** All instances of a service in the datacenter. */
  health(serviceName: string, options?: ServiceHealthOptions): Promise<readonly ServiceHealth[]>;
  /** Who the agent is. */
  self(options?: CallOptions): Promise<AgentSelf>;
}
