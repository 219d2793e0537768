import { createServer } from 'node:http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Answer } from './answers.js';

/** A request that came in. */
export interface SeenRequest {
  /** `GET /v1/kv/data/web?version=1` */
  readonly line: string;
  readonly headers: IncomingHttpHeaders;
  /** Decoded; undefined when there was none. */
  readonly body: unknown;
}

/** Answers by request line; a function decides anew each time. */
export type Routes = Record<
  string,
  Answer | ((request: SeenRequest, response: ServerResponse) => Answer | undefined)
>;

/** Gives recorded answers, and faults that a real Vault does not give on demand. */
export interface FakeVault {
  readonly address: string;
  /** Every request so far. */
  readonly requests: readonly SeenRequest[];
  /** How many requests had this line. */
  count(line: string): number;
  /** Added to and changed by tests as they go. What is not in it gets Vault's answer for no mount. */
  readonly routes: Routes;
}

/** Listens on loopback until the test ends. A route that gives undefined answers by itself, or never. */
export async function startFakeVault(routes: Routes): Promise<FakeVault> {
  const requests: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const seen = {
        line: `${request.method ?? ''} ${request.url ?? ''}`,
        headers: request.headers,
        body: text === '' ? undefined : (JSON.parse(text) as unknown),
      };
      requests.push(seen);
      reply(response, seen, routes);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    routes,
    count: (line) => requests.filter((each) => each.line === line).length,
  };
}

function reply(response: ServerResponse, seen: SeenRequest, routes: Routes): void {
  const route = routes[seen.line] ?? { status: 404, body: { errors: ["no handler for route 'x'"] } };
  const answer = typeof route === 'function' ? route(seen, response) : route;
  if (answer === undefined) return;
  response.writeHead(answer.status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(answer.body === null ? undefined : JSON.stringify(answer.body));
}
