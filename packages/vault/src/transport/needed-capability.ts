import type { RequestSpec } from './transport.js';

const CAPABILITIES: Readonly<Record<RequestSpec['method'], string>> = {
  GET: '"read"',
  LIST: '"list"',
  POST: '"create", "update"',
  PUT: '"create", "update"',
  DELETE: '"delete"',
};

/** What to do about a refusal by policy, as it would stand in one: `path "kv/data/web" { capabilities = ["read"] }`. */
export function neededCapability({ method, path }: Pick<RequestSpec, 'method' | 'path'>): string {
  return `A policy of the token must have: path "${decodeURIComponent(path)}" { capabilities = [${CAPABILITIES[method]}] }.`;
}
