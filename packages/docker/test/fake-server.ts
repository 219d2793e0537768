import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An HTTP server on loopback for the answers that a real engine or registry will not give when asked to. */
export interface FakeServer {
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** `METHOD /path?query` of every request so far. */
  readonly requests: readonly string[];
  /** Requests whose connection the client gave up. */
  readonly abandoned: readonly string[];
  close(): Promise<void>;
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Starts a {@link FakeServer}; a handler that does nothing hangs the request. */
export async function startFakeServer(handler: Handler): Promise<FakeServer> {
  const requests: string[] = [];
  const abandoned: string[] = [];
  const server = createServer((request, response) => {
    const line = `${request.method ?? ''} ${request.url ?? ''}`;
    requests.push(line);
    response.on('close', () => {
      if (!response.writableFinished) abandoned.push(line);
    });
    handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    requests,
    abandoned,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Answers with JSON. */
export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
