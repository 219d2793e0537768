import { hostname } from 'node:os';
import { join } from 'node:path';
import { startConsulServer } from './consul/consul-server.js';
import { openLevelJournal } from './storage/level-journal.js';
import { createMemoryJournal } from './storage/memory-journal.js';

/** How to start an embedded Consul. Everything has a default. */
export interface EmbeddedConsulOptions {
  /** Address to listen on. Default 127.0.0.1; the server has no access control, so think before leaving loopback. */
  readonly host?: string;
  /** Port to listen on. Default 8500; 0 = any free one. */
  readonly port?: number;
  /** Where to keep the state (in a folder `consul` in it). Default: nowhere, it ends with the server. */
  readonly dataDir?: string;
  /** The node's name in the catalog. Default: the machine's host name. */
  readonly nodeName?: string;
  /** Default `dc1`. */
  readonly datacenter?: string;
}

/** A running embedded Consul. */
export interface EmbeddedConsul {
  readonly host: string;
  readonly port: number;
  /** The base URL of the HTTP API, such as `http://127.0.0.1:8500`. */
  readonly address: string;
  /** Answers waiting requests at once, makes everything durable and releases port and data directory. */
  close(): Promise<void>;
}

const DEFAULT_PORT = 8500;

/**
 * Starts a Consul-compatible server in this process. Its timers and its idle sockets do not keep the process
 * alive beyond the listening port. Throws {@link EmbeddedError}: `EMBEDDED_PORT_IN_USE`,
 * `EMBEDDED_LISTEN_FAILED`, `EMBEDDED_DATA_IN_USE`, `EMBEDDED_DATA_UNREADABLE`.
 */
export async function startEmbeddedConsul(options: EmbeddedConsulOptions = {}): Promise<EmbeddedConsul> {
  const host = options.host ?? '127.0.0.1';
  const journal =
    options.dataDir === undefined
      ? createMemoryJournal()
      : await openLevelJournal(join(options.dataDir, 'consul'));
  try {
    const server = await startConsulServer({
      host,
      port: options.port ?? DEFAULT_PORT,
      nodeName: options.nodeName ?? hostname(),
      datacenter: options.datacenter ?? 'dc1',
      journal,
    });
    const { port } = server;
    let closed: Promise<void> | undefined;
    return {
      host,
      port,
      address: `http://${urlHost(host)}:${port}`,
      close: () => (closed ??= server.close()),
    };
  } catch (error) {
    await journal.close();
    throw error;
  }
}

function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
