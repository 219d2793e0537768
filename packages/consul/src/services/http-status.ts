import { ConsulError } from '../consul-error.js';
import { expectList } from '../transport/expect-shape.js';
import type { Transport } from '../transport/transport.js';
import type { Status } from './status.js';

/** State of the Raft cluster over HTTP. */
export function createStatus(transport: Transport): Status {
  return {
    leader: async (options) => {
      const doing = 'asking for the leader';
      const reply = await transport.call({ doing, options, run: (wire, input) => wire.status.leader(input) });
      // Consul answers an empty string for "none".
      if (typeof reply.body === 'string' && reply.body !== '') return reply.body;
      throw new ConsulError('CONSUL_NO_LEADER', `Consul has no leader while ${doing}. Try again shortly.`, {
        retryable: true,
        statusCode: reply.statusCode,
      });
    },
    peers: async (options) => {
      const doing = 'asking for the servers';
      return expectList(
        await transport.call({ doing, options, run: (wire, input) => wire.status.peers(input) }),
      ) as readonly string[];
    },
  };
}
