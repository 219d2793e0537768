import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually, startPostgres, uniqueName, type RealPostgres } from '@raftainer/testing';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmbeddedVault, type EmbeddedVault } from '../../src/index.js';
import { VaultUser } from './behaviour/vault-user.js';

const CREATION = `CREATE ROLE "{{name}}" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'; GRANT SELECT ON stock TO "{{name}}";`;

interface Credentials {
  readonly username: string;
  readonly password: string;
  readonly leaseId: string;
}

let postgres: RealPostgres;
let dataDir: string;
let vault: EmbeddedVault;
let root: VaultUser;

beforeAll(async () => {
  postgres = await startPostgres();
  await query(postgres, 'CREATE TABLE stock (id int); INSERT INTO stock VALUES (7)');
});

afterAll(() => postgres.stop());

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'raftainer-vault-'));
  await open();
  await root.ok('sys/mounts/database', { body: { type: 'database' } });
  await root.ok('database/config/pg', {
    body: {
      plugin_name: 'postgresql-database-plugin',
      allowed_roles: '*',
      connection_url: `postgresql://{{username}}:{{password}}@${postgres.host}:${postgres.port}/postgres?sslmode=disable`,
      username: postgres.user,
      password: postgres.password,
    },
  });
});

afterEach(async () => {
  await vault.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function open(): Promise<void> {
  vault = await startEmbeddedVault({ port: 0, dataDir });
  root = new VaultUser(vault, vault.rootToken);
}

async function query(
  login: { readonly user: string; readonly password: string },
  text: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { host, port } = postgres;
  const client = new Client({ host, port, database: 'postgres', user: login.user, password: login.password });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows as Readonly<Record<string, unknown>>[];
  } finally {
    await client.end();
  }
}

const connects = ({ username, password }: Credentials): Promise<unknown> =>
  query({ user: username, password }, 'SELECT id FROM stock');

async function roleExists(username: string): Promise<boolean> {
  return (await query(postgres, `SELECT 1 FROM pg_roles WHERE rolname = '${username}'`)).length > 0;
}

async function makeRole(settings: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const name = uniqueName('role');
  const body = {
    db_name: 'pg',
    creation_statements: [CREATION],
    default_ttl: '1h',
    max_ttl: '2h',
    ...settings,
  };
  await root.ok(`database/roles/${name}`, { body });
  return name;
}

async function credentials(user: VaultUser, role: string): Promise<Credentials> {
  const { body } = await user.ok(`database/creds/${role}`);
  return {
    username: String(body.data?.username),
    password: String(body.data?.password),
    leaseId: body.lease_id ?? '',
  };
}

const lookUp = async (leaseId: string): Promise<number> =>
  (await root.call('sys/leases/lookup', { method: 'PUT', body: { lease_id: leaseId } })).status;

describe('credentials of the database engine', () => {
  it('connect, and are refused once their lease is revoked', async () => {
    const made = await credentials(root, await makeRole());
    expect(await connects(made)).toEqual([{ id: 7 }]);
    await root.ok('sys/leases/revoke', { method: 'PUT', body: { lease_id: made.leaseId } });
    await expect(connects(made)).rejects.toThrow('password authentication failed');
    expect(await roleExists(made.username)).toBe(false);
  });

  it('end with their time, live on when they are renewed, but not beyond their maximum', async () => {
    const role = await makeRole({ default_ttl: '5s', max_ttl: '20s' });
    const [short, renewed] = [await credentials(root, role), await credentials(root, role)];
    const renew = (): ReturnType<VaultUser['call']> =>
      root.call('sys/leases/renew', { method: 'PUT', body: { lease_id: renewed.leaseId, increment: 60 } });
    await delay(1000);
    expect((await renew()).status).toBe(200);
    await eventually(
      async () => {
        expect(await roleExists(short.username)).toBe(false);
      },
      { timeoutMs: 20_000 },
    );
    expect(await connects(renewed)).toEqual([{ id: 7 }]);
    await eventually(
      async () => {
        expect(await roleExists(renewed.username)).toBe(false);
      },
      { timeoutMs: 60_000 },
    );
    expect((await renew()).status).toBe(400);
  });

  it('can log in for as long as a renewal says', async () => {
    const made = await credentials(root, await makeRole({ default_ttl: '10m' }));
    const until = async (): Promise<number> => {
      const [row] = await query(
        postgres,
        `SELECT rolvaliduntil FROM pg_roles WHERE rolname = '${made.username}'`,
      );
      return Date.parse(String(row?.rolvaliduntil));
    };
    const before = await until();
    await root.ok('sys/leases/renew', { method: 'PUT', body: { lease_id: made.leaseId, increment: 3600 } });
    expect((await until()) - before).toBeGreaterThan(2_000_000);
  });

  it('end with the token that got them, and with the token that made that one', async () => {
    const role = await makeRole();
    const policy = `path "database/creds/*" { capabilities = ["read"] }\npath "auth/token/create" { capabilities = ["update"] }`;
    const parent = await root.withPolicy(policy);
    const child = await parent.withToken({});
    const [one, two] = [await credentials(parent, role), await credentials(child, role)];
    await root.ok('auth/token/revoke-accessor', { body: { accessor: parent.auth.accessor } });
    await eventually(async () => {
      expect([await roleExists(one.username), await roleExists(two.username)]).toEqual([false, false]);
    });
  });

  it('are all taken back by a prefix', async () => {
    const role = await makeRole();
    const made = [await credentials(root, role), await credentials(root, role)];
    await root.ok(`sys/leases/revoke-prefix/database/creds/${role}`, { method: 'PUT', body: {} });
    for (const each of made) await expect(connects(each)).rejects.toThrow();
  });

  it('are taken back whatever they were given: schemas, columns, functions, the database', async () => {
    const given = [
      `CREATE ROLE "{{name}}" WITH LOGIN PASSWORD '{{password}}'`,
      `GRANT SELECT (id) ON stock TO "{{name}}"`,
      `GRANT USAGE ON SCHEMA public TO "{{name}}"`,
      `GRANT EXECUTE ON FUNCTION pg_catalog.pg_backend_pid() TO "{{name}}"`,
      `GRANT CONNECT ON DATABASE postgres TO "{{name}}"`,
    ];
    const made = await credentials(root, await makeRole({ creation_statements: given }));
    expect(await roleExists(made.username)).toBe(true);
    await root.ok('sys/leases/revoke', { method: 'PUT', body: { lease_id: made.leaseId } });
    expect(await roleExists(made.username)).toBe(false);
  });

  it('are taken back with statements of the role, even when the role is gone', async () => {
    const gone = `REVOKE ALL ON stock FROM "{{name}}"; DROP ROLE "{{name}}";`;
    const role = await makeRole({ revocation_statements: [gone] });
    const made = await credentials(root, role);
    await root.ok(`database/roles/${role}`, { method: 'DELETE' });
    await root.ok('sys/leases/revoke', { method: 'PUT', body: { lease_id: made.leaseId } });
    expect(await roleExists(made.username)).toBe(false);
  });
});

describe('when something fails', () => {
  it('leaves no lease and tells no secret when the statements are wrong', async () => {
    const role = await makeRole({
      creation_statements: [`CREATE ROLE "{{name}}" LOGIN PASSWORD {{password}} nonsense`],
    });
    const reply = await root.call(`database/creds/${role}`);
    expect(reply.status).toBe(500);
    expect(reply.text).toMatch(/syntax error|trailing junk/);
    // Without quotes around it the database stumbles over the password, as far as its dash.
    expect(reply.text).toContain(String.raw`near \"***\"`);
    expect(reply.text).not.toMatch(/[A-Za-z0-9-]{20}/);
    const leases = await root.call(`sys/leases/lookup/database/creds/${role}`, { method: 'LIST' });
    expect(leases.status).toBe(404);
  });

  it('refuses a database that nobody can log in to, without its password', async () => {
    const password = 'wrong-password-of-the-admin';
    const body = {
      plugin_name: 'postgresql-database-plugin',
      allowed_roles: '*',
      username: postgres.user,
      password,
    };
    const url = `postgresql://{{username}}:{{password}}@${postgres.host}:${postgres.port}/postgres`;
    const reply = await root.call('database/config/other', { body: { ...body, connection_url: url } });
    expect(reply.status).toBe(400);
    expect(reply.text).toContain('password authentication failed');
    expect(reply.text).not.toContain(password);
    expect((await root.ok('database/config/pg')).text).not.toContain(postgres.password);
  });

  it('takes back what ended while the database was down', async () => {
    const made = await credentials(root, await makeRole());
    await postgres.stop({ keep: true });
    try {
      const body = { lease_id: made.leaseId };
      expect((await root.call('sys/leases/revoke', { body: { ...body, sync: true } })).status).toBe(500);
      expect(await lookUp(made.leaseId)).toBe(400);
    } finally {
      await postgres.start();
    }
    await eventually(
      async () => {
        expect(await roleExists(made.username)).toBe(false);
      },
      { timeoutMs: 60_000 },
    );
  });

  it('goes on with its leases after a restart, and takes back those that ended meanwhile', async () => {
    const long = await credentials(root, await makeRole());
    const short = await credentials(root, await makeRole({ default_ttl: '1s', max_ttl: '10s' }));
    await vault.close();
    await delay(1500);
    expect(await roleExists(short.username)).toBe(true);
    await open();
    await eventually(async () => {
      expect(await roleExists(short.username)).toBe(false);
    });
    expect(await connects(long)).toEqual([{ id: 7 }]);
    await root.ok('sys/leases/revoke', { method: 'PUT', body: { lease_id: long.leaseId } });
    expect(await roleExists(long.username)).toBe(false);
  });

  it('ends no lease while sealed, and those that are due once it is unsealed', async () => {
    const made = await credentials(root, await makeRole({ default_ttl: '1s', max_ttl: '10s' }));
    await vault.seal();
    await delay(2000);
    expect(await roleExists(made.username)).toBe(true);
    await vault.unseal();
    await eventually(async () => {
      expect(await roleExists(made.username)).toBe(false);
    });
  });
});
