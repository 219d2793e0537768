import { afterAll, beforeAll, describe } from 'vitest';
import { describeAgent } from './describe-agent.js';
import { describeBlocking } from './describe-blocking.js';
import { describeCatalog } from './describe-catalog.js';
import { describeKv } from './describe-kv.js';
import { describeSessions } from './describe-sessions.js';
import { describeTransactions } from './describe-transactions.js';
import { createHttpApi } from './http-api.js';
import type { HttpApi } from './http-api.js';

/** A server that claims to be Consul. */
export interface ConformanceServer {
  readonly host: string;
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * What our client, and the `consul` command line, rely on: raw HTTP, so that a server cannot pass by an accident of our own
 * client. Every server we support passes all of it.
 */
export function describeConsulConformance(name: string, start: () => Promise<ConformanceServer>): void {
  describe.concurrent(`${name} behaves like Consul`, () => {
    let server: ConformanceServer | undefined;
    let http: HttpApi | undefined;
    const api = (): HttpApi => {
      if (http === undefined) throw new Error('the server did not start');
      return http;
    };

    beforeAll(async () => {
      server = await start();
      http = createHttpApi(`http://${server.host}:${String(server.port)}`);
    });

    afterAll(async () => {
      await server?.stop();
    });

    describeKv(api);
    describeBlocking(api);
    describeTransactions(api);
    describeSessions(api);
    describeAgent(api);
    describeCatalog(api);
  });
}
