import type { Identity } from '../consul-context.js';
import type { Route } from '../wire/call.js';

/** The port that a Consul server would use for its own RPC; nothing listens there. */
export const SERVER_PORT = 8300;

/** `/v1/status/`: this server is the only one, and so its own leader. */
export function statusRoutes(identity: Identity): readonly Route[] {
  const peer = `${identity.address}:${SERVER_PORT}`;
  return [
    { path: '/v1/status/leader', methods: { GET: () => ({ json: peer }) } },
    { path: '/v1/status/peers', methods: { GET: () => ({ json: [peer] }) } },
  ];
}
