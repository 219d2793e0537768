import { createHash, randomBytes } from 'node:crypto';

/** A server that the behavioural tests may change: they make mounts, roles and policies of their own, and leave nothing else. */
export interface TestServer {
  readonly address: string;
  /** May do anything. */
  readonly rootToken: string;
}

/** Does what an operator would do, over plain HTTP: the client under test has no administration. */
export interface Admin {
  readonly server: TestServer;
  /** A name that nothing else has. */
  name(what: string): string;
  /** The decoded body; undefined when there is none. */
  send(method: string, path: string, body?: object, headers?: Record<string, string>): Promise<Body>;
  mount(type: string, options?: object): Promise<string>;
  policy(rules: string): Promise<string>;
  /** A role of an AppRole mount of its own. */
  appRole(role: object): Promise<AppRole>;
}

export interface AppRole {
  readonly mount: string;
  readonly roleId: string;
  readonly secretId: (body?: object) => Promise<string>;
  readonly wrappedSecretId: () => Promise<string>;
}

/** The parts of Vault's envelope that the tests look at. */
export interface Body {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly wrap_info?: { readonly token: string } | null;
  readonly auth?: { readonly client_token: string; readonly accessor: string } | null;
}

export function createAdmin(server: TestServer): Admin {
  const name = (what: string): string => `${what}-${randomBytes(4).toString('hex')}`;
  const send: Admin['send'] = async (...[method, path, body, headers = {}]) => {
    const response = await fetch(`${server.address}/v1/${path}`, {
      method,
      headers: { 'x-vault-token': server.rootToken, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? {} : JSON.parse(text)) as Body;
  };
  const enable = async (where: string, type: string, options: object): Promise<string> => {
    const path = name(type);
    await send('POST', `${where}/${path}`, { type, ...options });
    return path;
  };
  return {
    server,
    name,
    send,
    mount: (type, options = {}) => enable('sys/mounts', type, options),
    policy: async (rules) => {
      const policy = name(`policy-${createHash('md5').update(rules).digest('hex').slice(0, 6)}`);
      await send('PUT', `sys/policies/acl/${policy}`, { policy: rules });
      return policy;
    },
    appRole: async (role) => {
      const mount = await enable('sys/auth', 'approle', {});
      const path = `auth/${mount}/role/host`;
      await send('POST', path, role);
      const { data } = await send('GET', `${path}/role-id`);
      return {
        mount,
        roleId: String(data?.role_id),
        secretId: async (body = {}) =>
          String((await send('POST', `${path}/secret-id`, body)).data?.secret_id),
        wrappedSecretId: async () => {
          const wrapped = await send('POST', `${path}/secret-id`, {}, { 'x-vault-wrap-ttl': '60s' });
          return wrapped.wrap_info?.token ?? '';
        },
      };
    },
  };
}
