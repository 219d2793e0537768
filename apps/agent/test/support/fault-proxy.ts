import { createServer, request as forward } from 'node:http';

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A way to an HTTP server that a test can slow down or spoil. */
export interface FaultProxy {
  readonly host: string;
  readonly port: number;
  /** How long a request waits before it is passed on, in milliseconds. */
  delayMs: (request: IncomingMessage) => number;
  /** Which requests are answered with status 500 and never passed on. */
  fails: (request: IncomingMessage) => boolean;
  /** How many requests it has answered with 500. */
  readonly failed: () => number;
  /** Every request that came, as `POST /path`, whatever became of it. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** Starts a {@link FaultProxy} on loopback; at first it passes everything on. */
export async function startFaultProxy(target: {
  readonly host: string;
  readonly port: number;
}): Promise<FaultProxy> {
  let failed = 0;
  const requests: string[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    if (proxy.fails(request)) {
      failed += 1;
      response.writeHead(500).end('out of order');
    } else {
      pass(request, response, target);
    }
  };
  const server = createServer((request, response) => {
    // It may go wrong, or be given up, at any time: that is what it is for.
    request.on('error', () => response.destroy());
    requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
    setTimeout(() => {
      answer(request, response);
    }, proxy.delayMs(request));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: FaultProxy = {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    delayMs: () => 0,
    fails: () => false,
    failed: () => failed,
    requests,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
  return proxy;
}

function pass(
  request: IncomingMessage,
  response: ServerResponse,
  target: { readonly host: string; readonly port: number },
): void {
  const { method, url, headers } = request;
  const upstream = forward({ ...target, method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  upstream.on('error', () => response.destroy());
  response.on('close', () => upstream.destroy());
  request.pipe(upstream);
}
