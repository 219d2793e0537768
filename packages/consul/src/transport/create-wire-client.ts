import type { ClientRequest, RequestOptions } from 'node:http';
import ConsulLibrary from 'consul';
import type { ConsulOptions } from '../consul-options.js';
import { Connections } from './connections.js';
import type { WireClient, WireContext } from './wire-client.js';

/** The part of the library's request that its extension point hands out. */
interface WireRequest {
  readonly ctx?: WireContext;
  readonly req: { path: string; readonly method?: string };
  transport: { request(options: RequestOptions): ClientRequest };
}

interface Extensible {
  _ext(event: 'onRequest', extension: (request: WireRequest, next: () => void) => void): void;
}

/**
 * The `consul` library with its own bounded keep-alive sockets and two repairs, made through its extension point:
 *
 * - a connection that breaks in the middle of a response fails the request at once; the library would wait for
 *   the deadline, which for a blocking query is minutes;
 * - query parameters that it has no option for (`replace-existing-checks`) can be added.
 *
 * What was sent is left in the request's context, for the message of a failure.
 */
export function createWireClient(options: ConsulOptions, maxSockets: number): WireClient {
  const { tls, host = '127.0.0.1', port = 8500 } = options;
  const connections = new Connections(tls, maxSockets);
  const library = new ConsulLibrary({
    host: host.includes(':') && !host.startsWith('[') ? `[${host}]` : host,
    port,
    secure: tls !== undefined,
  });
  (library as unknown as Extensible)._ext('onRequest', (wire, next) => {
    wire.transport = { request: (settings) => failingOnBrokenResponse(connections.request(settings)) };
    const extra = new URLSearchParams(wire.ctx?.query).toString();
    if (extra !== '') wire.req.path += (wire.req.path.includes('?') ? '&' : '?') + extra;
    if (wire.ctx !== undefined) {
      wire.ctx.sent = { method: wire.req.method ?? 'GET', path: wire.req.path };
    }
    next();
  });
  const destroy = (): void => {
    connections.destroy();
  };
  return Object.assign(library, { destroy }) as unknown as WireClient;
}

function failingOnBrokenResponse(request: ClientRequest): ClientRequest {
  request.once('response', (response) => {
    response.once('error', (error) => request.emit('error', error));
  });
  return request;
}
