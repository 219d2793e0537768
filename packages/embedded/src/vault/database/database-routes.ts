import type { VaultContext } from '../vault-context.js';
import {
  flagField,
  listField,
  refuseFields,
  requiredText,
  secondsField,
  statementsField,
  textField,
} from '../wire/fields.js';
import {
  param,
  type JsonObject,
  type VaultAnswer,
  type VaultCall,
  type VaultRoute,
} from '../wire/vault-call.js';
import { badRequest, notFound } from '../wire/vault-fault.js';
import { makeCredentials } from './credentials.js';
import { databaseLeases } from './database-leases.js';
import {
  databaseKey,
  databaseNames,
  findConfig,
  findDatabaseRole,
  type DatabaseConfig,
  type DatabaseRole,
} from './database-records.js';
import { Postgres } from './postgres.js';

const PLUGIN = 'postgresql-database-plugin';

/** The database engine: PostgreSQL, with roles that are made when they are asked for. */
export function databaseRoutes(context: VaultContext): readonly VaultRoute[] {
  const postgres = new Postgres();
  context.leases.serve('database', databaseLeases(context, postgres));
  return [
    ...configRoutes(context, postgres),
    ...roleRoutes(context),
    { path: 'creds/:name', read: (call) => makeCredentials(context, postgres, call) },
  ];
}

function configRoutes(context: VaultContext, postgres: Postgres): readonly VaultRoute[] {
  const find = (call: VaultCall): DatabaseConfig | undefined =>
    findConfig(context, call.mount.uuid, param(call, 'name'));
  return [
    { path: 'config', list: (call) => listed(databaseNames(context, call, 'config')) },
    {
      path: 'config/:name',
      exists: (call) => find(call) !== undefined,
      read: (call) => ({ data: showConfig(found(find(call))) }),
      write: (call) => writeConfig(context, postgres, call),
      delete: (call) => {
        remove(context, call, 'config');
        return undefined;
      },
    },
  ];
}

function roleRoutes(context: VaultContext): readonly VaultRoute[] {
  const find = (call: VaultCall): DatabaseRole | undefined =>
    findDatabaseRole(context, call.mount.uuid, param(call, 'name'));
  return [
    { path: 'roles', list: (call) => listed(databaseNames(context, call, 'role')) },
    {
      path: 'roles/:name',
      exists: (call) => find(call) !== undefined,
      read: (call) => ({ data: showRole(found(find(call))) }),
      write: (call) => {
        const role = roleFrom(call, find(call));
        context.store.put('engine', databaseKey(call.mount.uuid, 'role', param(call, 'name')), { ...role });
        return undefined;
      },
      delete: (call) => {
        remove(context, call, 'role');
        return undefined;
      },
    },
  ];
}

async function writeConfig(context: VaultContext, postgres: Postgres, call: VaultCall): Promise<VaultAnswer> {
  const { body } = call;
  const name = param(call, 'name');
  const before = findConfig(context, call.mount.uuid, name);
  const plugin = textField(body, 'plugin_name') ?? (before === undefined ? '' : PLUGIN);
  if (plugin !== PLUGIN)
    throw badRequest(
      `error creating database object: unknown plugin ${JSON.stringify(plugin)}: the embedded server has ${PLUGIN}`,
    );
  refuseFields(body, ['username_template', 'password_policy']);
  const connectionUrl =
    textField(body, 'connection_url') ?? before?.connectionUrl ?? requiredText(body, 'connection_url');
  if (!/^postgres(?:ql)?:\/\//.test(connectionUrl))
    throw badRequest('error creating database object: connection_url has to begin with postgresql://');
  const config: DatabaseConfig = {
    connectionUrl,
    username: textField(body, 'username') ?? before?.username ?? '',
    password: textField(body, 'password') ?? before?.password ?? '',
    allowedRoles: listField(body, 'allowed_roles') ?? before?.allowedRoles ?? [],
  };
  if (flagField(body, 'verify_connection') ?? true)
    await postgres.verify(config).catch((error: unknown) => {
      const text = error instanceof Error ? error.message : 'unknown error';
      throw badRequest(`error creating database object: error verifying connection: ${text}`);
    });
  context.store.put('engine', databaseKey(call.mount.uuid, 'config', name), { ...config });
  return {};
}

/** What the request does not name stays as it was. */
function roleFrom(call: VaultCall, before: DatabaseRole | undefined): DatabaseRole {
  const { body } = call;
  const role: DatabaseRole = {
    dbName: textField(body, 'db_name') ?? before?.dbName ?? '',
    creation: statementsField(body, 'creation_statements') ?? before?.creation ?? [],
    revocation: statementsField(body, 'revocation_statements') ?? before?.revocation ?? [],
    renewal: statementsField(body, 'renew_statements') ?? before?.renewal ?? [],
    rollback: statementsField(body, 'rollback_statements') ?? before?.rollback ?? [],
    defaultTtlSec: secondsField(body, 'default_ttl') ?? before?.defaultTtlSec ?? 0,
    maxTtlSec: secondsField(body, 'max_ttl') ?? before?.maxTtlSec ?? 0,
  };
  if (role.dbName === '') throw badRequest('database name is required');
  if (role.creation.length === 0) throw badRequest('creation_statements are required');
  if (role.maxTtlSec > 0 && role.defaultTtlSec > role.maxTtlSec)
    throw badRequest('default_ttl is greater than max_ttl');
  return role;
}

function remove(context: VaultContext, call: VaultCall, kind: 'config' | 'role'): undefined {
  context.store.delete('engine', databaseKey(call.mount.uuid, kind, param(call, 'name')));
}

function listed(keys: readonly string[]): VaultAnswer {
  if (keys.length === 0) throw notFound();
  return { data: { keys } };
}

function found<T>(record: T | undefined): T {
  if (record === undefined) throw notFound();
  return record;
}

/** Never the password, not even one that was written into the URL. */
function showConfig(config: DatabaseConfig): JsonObject {
  const url = config.connectionUrl.replace(/(:\/\/[^/@]*?:)(?!\{\{)[^@]*(?=@)/, '$1*****');
  return {
    allowed_roles: config.allowedRoles,
    connection_details: { connection_url: url, username: config.username },
    password_policy: '',
    plugin_name: PLUGIN,
    root_credentials_rotate_statements: [],
  };
}

function showRole(role: DatabaseRole): JsonObject {
  return {
    creation_statements: role.creation,
    db_name: role.dbName,
    default_ttl: role.defaultTtlSec,
    max_ttl: role.maxTtlSec,
    renew_statements: role.renewal,
    revocation_statements: role.revocation,
    rollback_statements: role.rollback,
  };
}
