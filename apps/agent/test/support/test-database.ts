import { startPostgres } from '@raftainer/testing';
import { Client } from 'pg';

import type { TestVault } from './test-vault.js';
import type { RealPostgres } from '@raftainer/testing';

/** A real PostgreSQL whose users a Vault makes. */
export class TestDatabase {
  readonly #postgres: RealPostgres;

  private constructor(postgres: RealPostgres) {
    this.#postgres = postgres;
  }

  /** Starts one, and tells the Vault of it. */
  static async start(vault: TestVault): Promise<TestDatabase> {
    const database = new TestDatabase(await startPostgres());
    const { host, port, user, password } = database.#postgres;
    await vault.request('POST', 'sys/mounts/database', { type: 'database' });
    await vault.request('POST', 'database/config/pg', {
      plugin_name: 'postgresql-database-plugin',
      allowed_roles: '*',
      connection_url: `postgresql://{{username}}:{{password}}@${host}:${String(port)}/postgres?sslmode=disable`,
      username: user,
      password,
    });
    return database;
  }

  /** A role of Vault that makes users with these lives, such as `1h`. */
  async role(
    vault: TestVault,
    name: string,
    life: { readonly ttl: string; readonly max: string },
  ): Promise<void> {
    await vault.request('POST', `database/roles/${name}`, {
      db_name: 'pg',
      creation_statements: [
        `CREATE ROLE "{{name}}" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';`,
      ],
      default_ttl: life.ttl,
      max_ttl: life.max,
    });
  }

  /** The users that Vault made for a role and has not dropped. */
  async users(role: string): Promise<readonly string[]> {
    const { user, password } = this.#postgres;
    const rows = await this.#query({ user, password }, 'SELECT rolname FROM pg_roles ORDER BY rolname');
    return rows.filter((name) => name.includes(`-${role.slice(0, 8)}`));
  }

  /** Whether these credentials are let in. */
  async lets(credentials: { readonly user: string; readonly password: string }): Promise<boolean> {
    try {
      return (await this.#query(credentials, 'SELECT current_user AS rolname'))[0] === credentials.user;
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    await this.#postgres.stop();
  }

  async #query(
    credentials: { readonly user: string; readonly password: string },
    sql: string,
  ): Promise<readonly string[]> {
    const { host, port } = this.#postgres;
    const client = new Client({ host, port, database: 'postgres', ...credentials });
    await client.connect();
    try {
      const { rows } = await client.query<{ readonly rolname: string }>(sql);
      return rows.map(({ rolname }) => rolname);
    } finally {
      await client.end();
    }
  }
}
