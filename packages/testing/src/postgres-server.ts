import { cacheFolder } from '../../../scripts/cache-folder.mjs';
import { startPostgresServer } from '../../../scripts/postgres-server.mjs';
import { ensurePostgres } from '../../../scripts/postgres.mjs';

/** Folder of the PostgreSQL binaries that the integration project's set-up found or fetched. */
const POSTGRES_VARIABLE = 'RAFTAINER_TEST_POSTGRES';

/** A real PostgreSQL of one test file, with a superuser. */
export interface RealPostgres {
  readonly host: string;
  readonly port: number;
  /** The superuser. */
  readonly user: string;
  readonly password: string;
  /** Ends it and cuts all connections. The data goes too unless `keep` is set. Safe to call twice. */
  stop(options?: { readonly keep?: boolean }): Promise<void>;
  /** Starts it again with the same port and data, after `stop({ keep: true })`. */
  start(): Promise<void>;
  /** Ends it like a crash, and removes its data. */
  kill(): Promise<void>;
}

/**
 * Starts a real PostgreSQL on loopback, with a port and data of its own.
 *
 * @throws Error when there is no PostgreSQL and none can be fetched, or when it does not accept connections in time.
 */
export async function startPostgres(): Promise<RealPostgres> {
  const binDir = process.env[POSTGRES_VARIABLE] ?? (await ensurePostgres({ cacheDir: cacheFolder() }));
  return startPostgresServer({ binDir });
}
