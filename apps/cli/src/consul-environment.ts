type Environment = Readonly<Record<string, string | undefined>>;

/** What the options say about Consul. */
export interface ConsulFlags {
  readonly address?: string | undefined;
  readonly token?: string | undefined;
}

/**
 * The environment that the Consul client is configured from: an option beats `RAFTAINER_CONSUL_HOST`, which beats
 * `CONSUL_HTTP_ADDR`, as in the agent. `RAFTAINER_CONSUL_PORT` alone is the port of an embedded Consul. An empty variable
 * counts as unset.
 */
export function consulEnvironment(env: Environment, flags: ConsulFlags): Environment {
  const address = flags.address ?? agentAddress(env);
  const token = flags.token ?? env.CONSUL_HTTP_TOKEN;
  return {
    ...env,
    ...(address === undefined ? {} : { CONSUL_HTTP_ADDR: address }),
    ...(token === undefined ? {} : { CONSUL_HTTP_TOKEN: token }),
  };
}

function agentAddress(env: Environment): string | undefined {
  const host = filled(env.RAFTAINER_CONSUL_HOST);
  const port = filled(env.RAFTAINER_CONSUL_PORT);
  const other = filled(env.CONSUL_HTTP_ADDR);
  if (host === undefined && (other !== undefined || port === undefined)) {
    return other;
  }
  const name = host ?? '127.0.0.1';
  return `${name.includes(':') && !name.startsWith('[') ? `[${name}]` : name}:${port ?? '8500'}`;
}

function filled(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
