import { folderOf } from '../state/vault-store.js';
import type { VaultContext } from '../vault-context.js';
import { requiredText } from '../wire/fields.js';
import { param, type JsonObject, type VaultCall, type VaultRoute } from '../wire/vault-call.js';
import { badRequest, notFound } from '../wire/vault-fault.js';
import { appRoleLogin } from './approle-login.js';
import {
  findRole,
  roleFrom,
  roleKey,
  roleOf,
  secretIdFolder,
  showTokenSettings,
  type AppRole,
} from './approle-records.js';
import { secretIdRoutes } from './secret-id-routes.js';

/** `auth/approle/`: roles, their secret ids, and the login. */
export function appRoleRoutes(context: VaultContext): readonly VaultRoute[] {
  const { store } = context;
  return [
    { path: 'login', open: true, write: (call) => appRoleLogin(context, call) },
    {
      path: 'role',
      list: (call) => {
        const folder = roleKey(call, '');
        const keys = folderOf(store.keys('engine', folder), folder);
        if (keys.length === 0) throw notFound();
        return { data: { keys } };
      },
    },
    {
      path: 'role/:name',
      exists: (call) => findRole(context, call, param(call, 'name')) !== undefined,
      read: (call) => ({ data: showRole(roleOf(context, call)) }),
      write: (call) => {
        const name = param(call, 'name');
        saveRole(context, call, roleFrom(call, name, findRole(context, call, name)));
        return undefined;
      },
      delete: (call) => {
        const name = param(call, 'name');
        for (const key of store.keys('engine', secretIdFolder(call, name))) store.delete('engine', key);
        store.delete('engine', roleKey(call, name));
        return undefined;
      },
    },
    {
      path: 'role/:name/role-id',
      read: (call) => ({ data: { role_id: roleOf(context, call).roleId } }),
      write: (call) => {
        saveRole(context, call, { ...roleOf(context, call), roleId: requiredText(call.body, 'role_id') });
        return undefined;
      },
    },
    ...secretIdRoutes(context),
  ];
}

function saveRole(context: VaultContext, call: VaultCall, role: AppRole): void {
  const folder = roleKey(call, '');
  for (const key of context.store.keys('engine', folder)) {
    const other = findRole(context, call, key.slice(folder.length));
    if (other !== undefined && other.name !== role.name && other.roleId === role.roleId)
      throw badRequest('role_id already in use');
  }
  context.store.put('engine', roleKey(call, role.name), { ...role });
}

function showRole(role: AppRole): JsonObject {
  return {
    bind_secret_id: role.bindSecretId,
    local_secret_ids: false,
    secret_id_bound_cidrs: null,
    secret_id_num_uses: role.secretIdNumUses,
    secret_id_ttl: role.secretIdTtlSec,
    ...showTokenSettings(role.token),
  };
}
