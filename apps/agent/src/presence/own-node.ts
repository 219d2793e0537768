import type { ConsulClient } from '@raftainer/consul';

/**
 * Name of the local Consul agent's node, as far as it can be known. A token that may not read the agent may see the checks
 * of its services, which name the node as well.
 */
export async function ownNode(
  { services }: Pick<ConsulClient, 'services'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const named = await services.self({ signal }).then(
    ({ nodeName }) => nodeName,
    () => '',
  );
  if (named !== '') return named;
  const checks = await services.checks({ signal });
  return checks.find(({ node }) => node !== undefined)?.node;
}
