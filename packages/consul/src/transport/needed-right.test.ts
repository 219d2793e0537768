import { expect, it } from 'vitest';
import { neededRight } from './needed-right.js';

const SAID =
  "Permission denied: token with AccessorID '1' lacks permission 'key:write' on \"raftainer/hosts/n1\"";

it.each([
  [SAID, { method: 'GET', path: '/v1/agent/self' }, 'key "raftainer/hosts/n1" write'],
  ["lacks permission 'operator:read'", undefined, 'operator read'],
  [
    'Permission denied',
    { method: 'PUT', path: '/v1/kv/raftainer/hosts/n1?acquire=1' },
    'key "raftainer/hosts/n1" write',
  ],
  ['Permission denied', { method: 'DELETE', path: '/v1/kv/a%20b' }, 'key "a b" write'],
  ['Permission denied', { method: 'GET', path: '/v1/kv/a/?recurse=true' }, 'key_prefix "a/" read'],
  ['Permission denied', { method: 'GET', path: '/v1/kv/a/?keys=true' }, 'key_prefix "a/" read'],
  ['Permission denied', { method: 'PUT', path: '/v1/session/create' }, 'session_prefix "" write'],
  ['Permission denied', { method: 'PUT', path: '/v1/agent/service/register' }, 'service_prefix "" write'],
  ['Permission denied', { method: 'GET', path: '/v1/agent/self' }, 'agent_prefix "" read'],
  ['Permission denied', { method: 'GET', path: '/v1/status/leader' }, undefined],
  ['Permission denied', undefined, undefined],
])('%s for %j: %s', (text, request, right) => {
  expect(neededRight(text, request)).toBe(right);
});
