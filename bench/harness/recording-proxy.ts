import { createServer, request as httpRequest } from 'node:http';

import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** A request that went through. */
export interface RecordedRequest {
  /** When its headers arrived, milliseconds since the epoch. */
  readonly atMs: number;
  readonly method: string;
  /** With its query. */
  readonly path: string;
}

/** Where the requests go. */
export type Upstream = { readonly socketPath: string } | { readonly host: string; readonly port: number };

/** An HTTP proxy on loopback that writes down what goes through. Bodies, streams and long polls pass as they come. */
export class RecordingProxy {
  readonly port: number;
  readonly #server: Server;
  #requests: RecordedRequest[] = [];

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
    server.on('request', (request: IncomingMessage) => {
      this.#requests.push({ atMs: Date.now(), method: request.method ?? '', path: request.url ?? '' });
    });
  }

  static async start(upstream: Upstream): Promise<RecordingProxy> {
    const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 });
    const proxy = await new Promise<RecordingProxy>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(
          new RecordingProxy(server, typeof address === 'object' && address !== null ? address.port : 0),
        );
      });
    });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      forward(upstream, request, response);
    });
    return proxy;
  }

  /** What went through since the last `take`. */
  take(): readonly RecordedRequest[] {
    const taken = this.#requests;
    this.#requests = [];
    return taken;
  }

  /** What went through since the last `take`, which it leaves there. */
  peek(): readonly RecordedRequest[] {
    return this.#requests;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function forward(upstream: Upstream, request: IncomingMessage, response: ServerResponse): void {
  const { method, url, headers } = request;
  const onward = httpRequest({ ...upstream, method, path: url, headers });
  onward.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    // An event stream without events yet must be seen to be connected.
    response.flushHeaders();
    answer.pipe(response);
    answer.on('error', () => response.destroy());
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}
