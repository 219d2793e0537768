import type { RealConsul } from './consul-server.js';

/** The token that may do everything on a Consul with {@link ACL_CONFIG}. */
export const ACL_MASTER = '11111111-2222-3333-4444-555555555555';

/** For `startConsul`: nothing is allowed without a token. */
export const ACL_CONFIG = {
  acl: { enabled: true, default_policy: 'deny', tokens: { master: ACL_MASTER } },
};

/** One request to change what a Consul with {@link ACL_CONFIG} knows. */
export interface AclRequest {
  readonly method: 'PUT' | 'DELETE';
  /** Below `/v1/acl/`. */
  readonly path: string;
  readonly body?: object;
}

/** Sends it with the master token. Resolves with the answer's fields, none for DELETE. @throws Error with what Consul says. */
export async function changeAcl(
  { address }: Pick<RealConsul, 'address'>,
  { method, path, body }: AclRequest,
): Promise<Record<string, string>> {
  const response = await fetch(`${address}/v1/acl/${path}`, {
    method,
    headers: { 'x-consul-token': ACL_MASTER },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(await response.text());
  return method === 'DELETE' ? {} : ((await response.json()) as Record<string, string>);
}
