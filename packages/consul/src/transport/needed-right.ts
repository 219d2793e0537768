/** A request that was sent, as far as it tells which right it needs. */
export interface SentRequest {
  readonly method: string;
  /** With its query: `/v1/kv/a/b?recurse=true`. */
  readonly path: string;
}

/** Consul 1.13 and later say what is missing. */
const SAID = /lacks permission '([a-z_-]+):([a-z]+)'(?: on "([^"]*)")?/;

const AREAS: readonly (readonly [area: RegExp, right: string])[] = [
  [/^\/session\//, 'session_prefix ""'],
  [/^\/agent\/(service|check|services|checks)(\/|$)/, 'service_prefix ""'],
  [/^\/(health|catalog)\//, 'service_prefix ""'],
  [/^\/agent\//, 'agent_prefix ""'],
];

/**
 * The right that a refused request needed, in the words of Consul's policies: `key "raftainer/hosts/n1" write`. From what Consul
 * said, else from the request; undefined where neither tells.
 */
export function neededRight(text: string, request: SentRequest | undefined): string | undefined {
  const [, resource, access, name] = SAID.exec(text) ?? [];
  if (resource !== undefined && access !== undefined) {
    return `${resource}${name === undefined ? '' : ` "${name}"`} ${access}`;
  }
  return request && rightOf(request);
}

/** The right to read or write one key. */
export function keyRight(key: string, access: 'read' | 'write'): string {
  return `key "${key}" ${access}`;
}

function rightOf({ method, path }: SentRequest): string | undefined {
  const access = method === 'GET' ? 'read' : 'write';
  const [route = '', query = ''] = path.replace(/^\/v1(?=\/)/, '').split('?');
  if (route.startsWith('/kv/')) {
    const key = decodeURIComponent(route.slice('/kv/'.length));
    const parameters = new URLSearchParams(query);
    const isPrefix = parameters.has('recurse') || parameters.has('keys');
    return isPrefix ? `key_prefix "${key}" ${access}` : keyRight(key, access);
  }
  const area = AREAS.find(([pattern]) => pattern.test(route));
  return area && `${area[1]} ${access}`;
}
