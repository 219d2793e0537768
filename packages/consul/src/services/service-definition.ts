/** State of a check. */
export type CheckStatus = 'passing' | 'warning' | 'critical';

/** What all checks have. */
export interface CheckBase {
  /** Unique on the agent. Default: `service:{id}`, with `:1`, `:2`… for several. */
  readonly checkId?: string;
  /** For people. Default: Consul names it after the service. */
  readonly name?: string;
  /** State until the first result. Default `critical`. Registering again starts from it once more. */
  readonly status?: CheckStatus;
  /** The service is deregistered after being critical for so long. Consul looks every 30 s; at least 60 000 ms. */
  readonly deregisterAfterMs?: number;
}

/** Critical unless told otherwise within each TTL. */
export interface TtlCheck extends CheckBase {
  readonly ttlMs: number;
}

/** Passing on 2xx, warning on 429, else critical. */
export interface HttpCheck extends CheckBase {
  readonly http: string;
  readonly intervalMs: number;
  /** Default 10 000. */
  readonly timeoutMs?: number;
  /** Default GET. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, readonly string[]>>;
  /** Accept any certificate. Default false. */
  readonly tlsSkipVerify?: boolean;
}

/** Passing when a TCP connection to `host:port` opens. */
export interface TcpCheck extends CheckBase {
  readonly tcp: string;
  readonly intervalMs: number;
  /** Default 10 000. */
  readonly timeoutMs?: number;
}

/** As healthy as another service, or as a node. At least one of the two. */
export interface AliasCheck extends CheckBase {
  readonly aliasService?: string;
  readonly aliasNode?: string;
}

/** One check of a service. */
export type ServiceCheck = TtlCheck | HttpCheck | TcpCheck | AliasCheck;

/** A service on this agent. */
export interface ServiceDefinition {
  /** Unique on the agent. */
  readonly id: string;
  /** What others look for. */
  readonly name: string;
  /** Default: the node's address. */
  readonly address?: string;
  readonly port?: number;
  readonly tags?: readonly string[];
  readonly meta?: Readonly<Record<string, string>>;
  /** Replaces the checks that an earlier registration of this id had. */
  readonly checks?: readonly ServiceCheck[];
}
