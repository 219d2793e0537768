import { ConsulError } from '../consul-error.js';
import type { Reply } from './transport.js';

/** The body as a list; nothing (an empty prefix, `null`) is an empty list. */
export function expectList({ body }: Reply): readonly unknown[] {
  if (body === undefined || body === null) return [];
  if (!Array.isArray(body)) throw unexpected('a list', body);
  return body as readonly unknown[];
}

/** The body as an object. */
export function expectObject({ body }: Reply): object {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw unexpected('an object', body);
  return body;
}

function unexpected(wanted: string, body: unknown): ConsulError {
  return new ConsulError(
    'CONSUL_SERVER_ERROR',
    `The answer should be ${wanted}, but is ${Array.isArray(body) ? 'a list' : typeof body}. Is this a Consul agent?`,
    { retryable: false },
  );
}
