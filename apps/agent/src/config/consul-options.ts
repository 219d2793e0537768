import { consulOptionsFromEnv } from '@raftainer/consul';

import type { ConsulOptions } from '@raftainer/consul';

/**
 * The Consul of the environment: `RAFTAINER_CONSUL_HOST` and `RAFTAINER_CONSUL_PORT` name the server, Consul's own variables
 * say the rest.
 *
 * @throws ConsulError `CONSUL_BAD_OPTIONS`.
 */
export function consulOptions(environment: Readonly<Record<string, string | undefined>>): ConsulOptions {
  const { RAFTAINER_CONSUL_HOST: host, RAFTAINER_CONSUL_PORT: port } = environment;
  const options = consulOptionsFromEnv(environment);
  if (host === undefined || host === '') return options;
  return { ...options, host, port: port === undefined || port === '' ? 8500 : Number(port) };
}
