import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Faults that a real Consul does not give on demand. */
export interface FakeServer {
  readonly port: number;
  /** Every request so far. */
  readonly requests: readonly IncomingMessage[];
  /** Connections open now. */
  readonly connections: ReadonlySet<Socket>;
}

export type FakeHandler = (request: IncomingMessage, response: ServerResponse, count: number) => void;

/** Listens on loopback until the test ends. `count` is 1 for the first request. */
export async function startFakeServer(handler: FakeHandler): Promise<FakeServer> {
  const requests: IncomingMessage[] = [];
  const connections = new Set<Socket>();
  const server = createServer((request, response) => {
    requests.push(request);
    handler(request, response, requests.length);
  });
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
  return { port: (server.address() as AddressInfo).port, requests, connections };
}

/** Answers like Consul. */
export function answer(response: ServerResponse, body: unknown, index?: number): void {
  response.setHeader('content-type', 'application/json');
  if (index !== undefined) response.setHeader('x-consul-index', index);
  response.end(JSON.stringify(body));
}

/** A key as it is on the wire. */
export function wireEntry(
  key: string,
  value: string,
  modifyIndex: number,
): Readonly<Record<string, unknown>> {
  return {
    Key: key,
    Value: Buffer.from(value).toString('base64'),
    Flags: 0,
    LockIndex: 0,
    CreateIndex: 1,
    ModifyIndex: modifyIndex,
  };
}
