import type { Duplex } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { EmbeddedError } from '../embedded-error.js';
import { acceptList } from './accept-list.js';

/** One request, free of the web framework. */
export interface HttpRequest {
  readonly method: string;
  /** Path as it was sent, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
  /** Aborted when the client goes away before it has its answer, or when the server closes. */
  readonly signal: AbortSignal;
}

/** One answer. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** What answers all requests of a server. It must not throw. */
export type RequestHandler = (request: HttpRequest) => Promise<HttpResponse>;

/** Where to listen, and as what. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** Whose API it is, for messages. */
  readonly product: 'Consul' | 'Vault';
}

/** A server that listens. */
export interface HttpServer {
  readonly port: number;
  /** Ends waiting requests at once, lets them answer, and closes. */
  close(): Promise<void>;
}

/** Larger bodies are read only to be refused with their size; beyond this the connection is cut. */
const MAX_READ_BYTES = 16 * 1024 * 1024;
/** How long a server that closes waits for answers to leave. */
const CLOSE_GRACE_MS = 1000;

/** No route has a schema: without these, the framework would load its compilers, which are larger than itself. */
const NO_SCHEMAS = { buildValidator: unexpectedSchema, buildSerializer: unexpectedSchema };

function unexpectedSchema(): never {
  throw new Error('A route of the embedded server has a schema, but no compiler for it is loaded.');
}

/**
 * Serves `handler` on `host`:`port` (0 = any free port). Throws `EMBEDDED_PORT_IN_USE` or
 * `EMBEDDED_LISTEN_FAILED`.
 */
export async function startHttpServer(handler: RequestHandler, listen: ListenOptions): Promise<HttpServer> {
  const { fastify } = await import('fastify');
  const app = fastify({
    bodyLimit: MAX_READ_BYTES,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    schemaController: { compilersFactory: NO_SCHEMAS },
    clientErrorHandler: (error, socket) => {
      // Fastify calls it with itself as `this`, but only once it listens: `app` is there by then.
      if (!acceptList(app.server, error, socket)) refuse(socket);
    },
  });
  const requests = new OpenRequests();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  // One handler for everything: routing by prefix, and not by pattern, is what Consul's paths need.
  app.setNotFoundHandler((request, reply) => respond(requests, handler, { request, reply }));
  await listenOn(app, listen);
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : listen.port;
  return {
    port,
    close: async () => {
      await requests.end(CLOSE_GRACE_MS);
      await app.close();
    },
  };
}

/** What is no HTTP. */
function refuse(socket: Duplex): void {
  if (socket.writable)
    socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
  else socket.destroy();
}

async function respond(
  requests: OpenRequests,
  handler: RequestHandler,
  exchange: { readonly request: FastifyRequest; readonly reply: FastifyReply },
): Promise<FastifyReply> {
  const { request, reply } = exchange;
  const open = requests.begin();
  const onClose = (): void => {
    open.abort();
  };
  request.raw.socket.once('close', onClose);
  try {
    const response = await handler(toHttpRequest(request, open.signal));
    return await reply.code(response.status).headers(response.headers).send(payload(response.body));
  } finally {
    request.raw.socket.off('close', onClose);
    requests.done(open);
  }
}

/** A buffer goes out as it is; for a string (or an empty body) the framework would choose a content type. */
function payload(body: string | Buffer): Buffer | undefined {
  if (body.length === 0) return undefined;
  return typeof body === 'string' ? Buffer.from(body) : body;
}

function toHttpRequest(request: FastifyRequest, signal: AbortSignal): HttpRequest {
  const url = request.raw.url ?? '/';
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  return { method: request.method, path, query, headers: request.headers, body, signal };
}

async function listenOn(app: FastifyInstance, listen: ListenOptions): Promise<void> {
  try {
    await app.listen(listen);
  } catch (cause) {
    await app.close();
    const where = `${listen.host}:${listen.port}`;
    if (cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE') {
      throw new EmbeddedError('EMBEDDED_PORT_IN_USE', {
        message: `Something already listens on ${where}. If it is a ${listen.product}, use it instead of the embedded server; else stop it or choose another port.`,
        cause,
      });
    }
    throw new EmbeddedError('EMBEDDED_LISTEN_FAILED', {
      message: `Cannot listen on ${where}: ${cause instanceof Error ? cause.message : String(cause)}. Choose an address of this machine and a port that this user may open.`,
      cause,
    });
  }
}

/** The requests that have no answer yet. */
class OpenRequests {
  private readonly open = new Set<AbortController>();
  private closing = false;
  private drained: () => void = () => undefined;

  begin(): AbortController {
    const controller = new AbortController();
    if (this.closing) controller.abort();
    this.open.add(controller);
    return controller;
  }

  done(controller: AbortController): void {
    this.open.delete(controller);
    if (this.open.size === 0) this.drained();
  }

  /** Aborts all and waits until they are answered, at most `graceMs`. */
  async end(graceMs: number): Promise<void> {
    this.closing = true;
    if (this.open.size === 0) return;
    const drained = new Promise<void>((resolve) => {
      this.drained = resolve;
      setTimeout(resolve, graceMs).unref();
    });
    for (const controller of this.open) controller.abort();
    await drained;
  }
}
