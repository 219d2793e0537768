import { startEmbeddedConsul } from '@raftainer/embedded';
import { startConsul } from '@raftainer/testing';

/** A Consul-compatible server of one test file. */
export interface TestServer {
  readonly host: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** The same tests run against both: what works on one must work on the other. */
export const SERVERS: readonly TestServerKind[] = [
  { name: 'a real Consul', start: (): Promise<TestServer> => startConsul() },
  { name: 'the embedded server', start: startEmbedded },
];

/** One of {@link SERVERS}. */
export interface TestServerKind {
  readonly name: string;
  readonly start: () => Promise<TestServer>;
}

async function startEmbedded(): Promise<TestServer> {
  const server = await startEmbeddedConsul({ port: 0 });
  return { host: server.host, port: server.port, stop: () => server.close() };
}
