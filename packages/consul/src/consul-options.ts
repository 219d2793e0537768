/**
 * TLS towards Consul. Contents in PEM, or the files they are in. Files are read again when they change, for the connections
 * made from then on; a content given as well counts until its file can be read.
 */
export interface ConsulTlsOptions {
  /** Authority that signed the server's certificate. Default: the ones that Node trusts. */
  readonly ca?: string | Buffer;
  /** Client certificate, with `key`, where Consul verifies its clients. */
  readonly cert?: string | Buffer;
  /** Private key of `cert`. */
  readonly key?: string | Buffer;
  /** File of `ca`. */
  readonly caFile?: string;
  /** File of `cert`. */
  readonly certFile?: string;
  /** File of `key`. */
  readonly keyFile?: string;
  /** Name expected in the server's certificate. Default: `host`. */
  readonly serverName?: string;
  /** Accept any certificate. Default false. Only for experiments. */
  readonly insecure?: boolean;
}

/** Where Consul is and how to talk to it. Everything has a default: a local agent on port 8500. */
export interface ConsulOptions {
  /** Host name or address of the Consul agent. Default `127.0.0.1`. */
  readonly host?: string;
  /** HTTP (or, with `tls`, HTTPS) port. Default 8500. */
  readonly port?: number;
  /** ACL token, sent as a header, never as a query parameter. */
  readonly token?: string;
  /**
   * File with the token, read again when it changes, and at once when Consul refuses the one in use. `token`, if given as
   * well, counts until the file can be read. While the file is empty or missing, the last token stays in use.
   */
  readonly tokenFile?: string;
  /** Speak HTTPS. `{}` uses Node's defaults. */
  readonly tls?: ConsulTlsOptions;
  /** Datacenter asked. Default: the agent's own. */
  readonly datacenter?: string;
  /** Default deadline of a call, in milliseconds. Default 10 000. Blocking queries have their own. */
  readonly timeoutMs?: number;
  /**
   * Connections for ordinary calls. Default 32. Together with `maxWatchSockets` this must stay below
   * the agent's `http_max_conns_per_client` (200), beyond which Consul resets connections.
   */
  readonly maxSockets?: number;
  /** Connections for blocking queries (one per watch, held session and lock). Default 128. */
  readonly maxWatchSockets?: number;
}
