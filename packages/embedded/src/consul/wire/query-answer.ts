import type { ReadResult } from '../watch/blocking-query.js';
import type { Answer } from './call.js';

/** The headers of every read. This server is its own leader, so its answers are never stale. */
export function indexHeaders(index: number): Readonly<Record<string, string>> {
  return {
    'X-Consul-Index': String(index),
    'X-Consul-Knownleader': 'true',
    'X-Consul-Lastcontact': '0',
    'X-Consul-Effective-Consistency': 'leader',
  };
}

/** A read's answer as JSON. */
export function queryAnswer<T>(result: ReadResult<T>, show: (value: T) => unknown): Answer {
  return { headers: indexHeaders(result.index), json: show(result.value) };
}
