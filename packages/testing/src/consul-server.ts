import { startConsulServer } from '../../../scripts/consul-server.mjs';
import { ensureConsul } from '../../../scripts/consul.mjs';
import { cacheFolder } from '../../../scripts/cache-folder.mjs';

/** Path of the Consul binary that the integration project's set-up found or fetched. */
const CONSUL_VARIABLE = 'RAFTAINER_TEST_CONSUL';

/** What a test may want different in its Consul server. */
export interface StartConsulOptions {
  /** Kept when given; else a temporary folder that `stop()` and `kill()` remove. */
  readonly dataDir?: string;
  /** Default: free ones. */
  readonly ports?: { readonly http?: number; readonly server?: number; readonly serfLan?: number };
  /** Merged over the server's configuration: ACLs, limits, TLS… */
  readonly config?: Readonly<Record<string, unknown>>;
  /** For start-up. Default 30 s. */
  readonly timeoutMs?: number;
}

/** How {@link RealConsul.restart} goes about it. */
export interface RestartConsulOptions {
  /** Default SIGTERM. */
  readonly signal?: NodeJS.Signals;
  /** Runs while the server is down. */
  readonly whileDown?: () => Promise<void> | void;
}

/** A real Consul server of one test, with a leader elected. */
export interface RealConsul {
  readonly host: string;
  readonly port: number;
  /** `http://host:port` */
  readonly address: string;
  readonly pid: number | undefined;
  /** Ends it gracefully. Safe to call twice. */
  stop(): Promise<void>;
  /** Ends it like a crash. */
  kill(): Promise<void>;
  /** Ends it and starts it again with the same ports and data. */
  restart(options?: RestartConsulOptions): Promise<void>;
}

/**
 * Starts a real single Consul server on loopback, with ports and data of its own.
 *
 * @throws Error when there is no Consul and none can be fetched, or when it has no leader in time.
 */
export async function startConsul(options: StartConsulOptions = {}): Promise<RealConsul> {
  const binary = process.env[CONSUL_VARIABLE] ?? (await ensureConsul({ cacheDir: cacheFolder() }));
  return startConsulServer({ binary, ...options });
}
