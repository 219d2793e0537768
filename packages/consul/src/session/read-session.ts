import { ConsulError } from '../consul-error.js';
import { expectObject } from '../transport/expect-shape.js';
import type { ReadOptions, Reply, Transport } from '../transport/transport.js';
import { decodeSession } from './decode-session.js';
import type { RawSession } from './decode-session.js';
import type { SessionInfo } from './sessions.js';

/** How a session is read. */
export interface SessionReadOptions extends ReadOptions {
  /** From the leader, once it has made sure that it leads and has applied everything. */
  readonly consistent?: boolean;
}

/** Reads one session. */
export function readSession(transport: Transport, id: string, options?: SessionReadOptions): Promise<Reply> {
  return transport.call({
    doing: `reading the session ${id}`,
    options,
    blocking: options?.blocking,
    ...(options?.consistent === true ? { query: { consistent: 'true' } } : {}),
    run: (wire, input) => wire.session.info({ ...input, id }),
  });
}

/** The session of a reply to `readSession`: the library takes it out of its list of one. */
export function toSession(reply: Reply): SessionInfo | undefined {
  if (reply.body !== undefined) return decodeSession(expectObject(reply) as RawSession);
  if (reply.index !== undefined) return undefined;
  throw new ConsulError(
    'CONSUL_SERVER_ERROR',
    "The answer about a session is not Consul's. Check the address.",
    {
      retryable: true,
      statusCode: reply.statusCode,
    },
  );
}
