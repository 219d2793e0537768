import type { Client } from 'pg';
import { Turns } from './turns.js';

const CONNECT_TIMEOUT_MS = 5000;
const STATEMENT_TIMEOUT_MS = 15_000;
/** A database allows 100 connections by default, and most of them are for others. */
const CONNECTIONS_AT_ONCE = 4;

/** How to log in as the one who makes the roles. */
export interface PostgresLogin {
  /** With `{{username}}` and `{{password}}` in place of these. */
  readonly connectionUrl: string;
  readonly username: string;
  readonly password: string;
}

/** What went wrong, without any secret, and whether it is certain that nothing was changed. */
export class PostgresError extends Error {
  override readonly name = 'PostgresError';

  constructor(
    message: string,
    readonly nothingChanged: boolean,
  ) {
    super(message);
  }
}

/** One database as an administrator sees it. */
export class Postgres {
  private readonly turns = new Turns(CONNECTIONS_AT_ONCE);

  /** Throws a {@link PostgresError} when nobody can log in. */
  async verify(login: PostgresLogin): Promise<void> {
    await this.connected(login, { secrets: [], work: () => Promise.resolve() });
  }

  /** Runs statements as one transaction. `secrets` are kept out of error messages. */
  async transaction(
    login: PostgresLogin,
    statements: readonly string[],
    secrets: readonly string[],
  ): Promise<void> {
    await this.connected(login, {
      secrets,
      work: async (client, progress) => {
        await client.query('BEGIN');
        for (const statement of statements) await client.query(statement);
        progress.committing = true;
        await client.query('COMMIT');
      },
    });
  }

  /** Takes everything from a role that grants in this database gave it, and drops it. One that is gone is no error. */
  async dropRole(login: PostgresLogin, name: string): Promise<void> {
    await this.connected(login, { secrets: [], work: (client) => dropRole(client, name) });
  }

  async roleExists(login: PostgresLogin, name: string): Promise<boolean> {
    return this.connected(login, { secrets: [], work: (client) => exists(client, name) });
  }

  private connected<T>(login: PostgresLogin, job: Job<T>): Promise<T> {
    return this.turns.take(() => withClient(login, job));
  }
}

interface Progress {
  /** From here on an error may come after the change. */
  committing: boolean;
}

interface Job<T> {
  readonly secrets: readonly string[];
  readonly work: (client: Client, progress: Progress) => Promise<T>;
}

async function withClient<T>(login: PostgresLogin, job: Job<T>): Promise<T> {
  const progress: Progress = { committing: false };
  const { Client } = await import('pg');
  let client: Client | undefined;
  try {
    client = new Client({
      connectionString: connectionString(login),
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: STATEMENT_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      application_name: 'raftainer-vault',
    });
    // A connection that breaks between two statements is told of by the next one.
    client.on('error', () => undefined);
    await client.connect();
    return await job.work(client, progress);
  } catch (error) {
    throw new PostgresError(textOf(error, [login.password, ...job.secrets]), !progress.committing);
  } finally {
    await client?.end().catch(() => undefined);
  }
}

function connectionString(login: PostgresLogin): string {
  const values = { username: login.username, password: login.password };
  return Object.entries(values).reduce(
    (url, [name, value]) => url.replaceAll(`{{${name}}}`, () => encodeURIComponent(value)),
    login.connectionUrl,
  );
}

/** A database quotes what it does not understand, which may be a password, or the part of one that it took for a word. */
function textOf(error: unknown, secrets: readonly string[]): string {
  const text =
    error instanceof AggregateError ? messages(error) : error instanceof Error ? error.message : '';
  const hidden = secrets.filter((secret) => secret !== '');
  return hidden
    .reduce((shown, secret) => shown.replaceAll(secret, '***'), text === '' ? 'the connection failed' : text)
    .replaceAll(/"([^"]+)"/g, (quoted, word: string) =>
      hidden.some((secret) => secret.includes(word)) ? '"***"' : quoted,
    );
}

/** Every address of a host that was tried. */
function messages(error: AggregateError): string {
  return error.errors
    .map((each: unknown) => (each instanceof Error ? each.message : String(each)))
    .join('; ');
}

async function exists(client: Client, name: string): Promise<boolean> {
  const { rows } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name]);
  return rows.length > 0;
}

/** Logging in ends first: should something else hold the role, it is of no use any more. */
async function dropRole(client: Client, name: string): Promise<void> {
  if (!(await exists(client, name))) return;
  const role = client.escapeIdentifier(name);
  await client.query(`ALTER ROLE ${role} NOLOGIN`);
  for (const schema of await schemasOf(client, name)) {
    const quoted = client.escapeIdentifier(schema);
    for (const what of ['TABLES', 'SEQUENCES', 'FUNCTIONS'])
      await client.query(`REVOKE ALL PRIVILEGES ON ALL ${what} IN SCHEMA ${quoted} FROM ${role}`);
    await client.query(`REVOKE ALL PRIVILEGES ON SCHEMA ${quoted} FROM ${role}`);
  }
  const { rows } = await client.query<{ readonly name: string }>('SELECT current_database() AS name');
  for (const { name: database } of rows)
    await client.query(`REVOKE ALL PRIVILEGES ON DATABASE ${client.escapeIdentifier(database)} FROM ${role}`);
  await client.query(`DROP ROLE IF EXISTS ${role}`);
}

/** Where the role was given something, by the access lists themselves: views of the standard show only enabled roles. */
const SCHEMAS_OF_ROLE = `
  WITH given (schema, acl) AS (
    SELECT oid, nspacl FROM pg_namespace
    UNION ALL SELECT relnamespace, relacl FROM pg_class
    UNION ALL SELECT relnamespace, attacl FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
    UNION ALL SELECT pronamespace, proacl FROM pg_proc)
  SELECT DISTINCT n.nspname AS name FROM given JOIN pg_namespace n ON n.oid = schema
   WHERE acl IS NOT NULL
     AND EXISTS (SELECT 1 FROM aclexplode(acl) a JOIN pg_roles r ON r.oid = a.grantee WHERE r.rolname = $1)`;

async function schemasOf(client: Client, name: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ readonly name: string }>(SCHEMAS_OF_ROLE, [name]);
  return rows.map((row) => row.name);
}
