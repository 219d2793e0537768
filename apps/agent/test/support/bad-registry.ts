import { createServer } from 'node:http';

import type { AddressInfo } from 'node:net';

/** A registry on loopback, which engines reach without TLS, that has no image. */
export interface BadRegistry {
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** Answers 404 for every image, or takes requests and never answers. */
  mood: 'empty' | 'silent';
  /** How many requests it got. */
  readonly requests: () => number;
  close(): Promise<void>;
}

export async function startBadRegistry(mood: BadRegistry['mood']): Promise<BadRegistry> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    if (registry.mood === 'silent') return;
    if (request.url === '/v2/') {
      response.end('{}');
      return;
    }
    response.writeHead(404, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const registry: BadRegistry = {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    mood,
    requests: () => requests,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
  return registry;
}
