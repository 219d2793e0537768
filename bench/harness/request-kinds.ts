import type { RecordedRequest } from './recording-proxy.js';

/** How often each kind of request was made. */
export type KindCounts = ReadonlyMap<string, number>;

/** Counts requests by kind, the frequent ones first. */
export function countKinds(
  requests: readonly RecordedRequest[],
  kindOf: (request: RecordedRequest) => string,
): KindCounts {
  const counts = new Map<string, number>();
  for (const request of requests) counts.set(kindOf(request), (counts.get(kindOf(request)) ?? 0) + 1);
  return new Map([...counts].sort(([, a], [, b]) => b - a));
}

/** `GET containers/json`, `POST containers/start`: without API version, ids and query. */
export function dockerKind({ method, path }: RecordedRequest): string {
  const [, ...segments] = new URL(path, 'http://engine').pathname.replace(/^\/v[\d.]+\//, '/').split('/');
  const [first = '', second = '', third] = segments;
  // The name of an image may have slashes of its own.
  if (first === 'images' && segments.at(-1) === 'json' && segments.length > 2)
    return `${method} images/…/json`;
  if (third !== undefined) return `${method} ${first}/${third}`;
  const named = ['json', 'create', 'prune'].includes(second) ? `/${second}` : second === '' ? '' : '/…';
  return `${method} ${first}${named}`;
}

/** `GET kv (blocking)`, `PUT kv acquire`, `PUT agent/check/pass`: without keys, ids and query. */
export function consulKind({ method, path }: RecordedRequest): string {
  const url = new URL(path, 'http://consul');
  const [, , first = '', second = '', third = '', fourth = ''] = url.pathname.split('/');
  if (first === 'kv') {
    const verb = ['acquire', 'release'].find((name) => url.searchParams.has(name));
    return [method, 'kv', ...(verb === undefined ? [] : [verb]), ...blocking(url)].join(' ');
  }
  const parts =
    first === 'agent' && ['check', 'service'].includes(second) ? [first, second, third] : [first, second];
  const named =
    fourth === '' && first === 'agent' && third !== '' && parts.length === 2 ? [...parts, third] : parts;
  return [method, named.filter((part) => part !== '').join('/'), ...blocking(url)].join(' ');
}

function blocking(url: URL): readonly string[] {
  return url.searchParams.has('index') ? ['(blocking)'] : [];
}

/** Whether a request makes Consul write to its Raft log; renewals of sessions and passes of unchanged checks do not. */
export function isConsulWrite({ method, path }: RecordedRequest): boolean {
  if (method === 'GET') return false;
  return /^\/v1\/(kv|txn|session\/(create|destroy)|agent\/service|catalog)/.test(path);
}

/** What is asked of Vault, in the order in which it is told. */
const VAULT_KINDS: readonly (readonly [kind: string, request: RegExp])[] = [
  ['logins', /^(POST|PUT) auth\/[^/]+\/login$/],
  ['token renewals', /^(POST|PUT) auth\/token\/renew-(self|accessor)$/],
  ['leases issued', /^GET [^/]+\/creds\/|^(POST|PUT) [^/]+\/issue\//],
  ['lease renewals', /^(POST|PUT) sys\/leases\/renew$/],
  ['leases revoked', /^(POST|PUT) sys\/leases\/revoke$/],
  ['KV versions asked for', /^GET [^/]+\/metadata\//],
  ['KV values read', /^GET [^/]+\/data\//],
];
const OTHER_VAULT_KIND = 'other requests';

/** All that `vaultKind` tells apart. */
export const VAULT_KIND_NAMES: readonly string[] = [...VAULT_KINDS.map(([kind]) => kind), OTHER_VAULT_KIND];

/** What a request asks of Vault (KV of version 2), in words, such as `lease renewals`. */
export function vaultKind({ method, path }: RecordedRequest): string {
  const text = `${method} ${new URL(path, 'http://vault').pathname.replace(/^\/v1\//, '')}`;
  return VAULT_KINDS.find(([, request]) => request.test(text))?.[0] ?? OTHER_VAULT_KIND;
}
