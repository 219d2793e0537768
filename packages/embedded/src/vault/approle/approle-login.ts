import { showAuth } from '../tokens/show-token.js';
import type { VaultContext } from '../vault-context.js';
import { textField } from '../wire/fields.js';
import type { VaultAnswer, VaultCall } from '../wire/vault-call.js';
import { badRequest } from '../wire/vault-fault.js';
import {
  findRole,
  findSecretId,
  loginPolicies,
  roleKey,
  secretIdKey,
  type AppRole,
} from './approle-records.js';

/** Login with a role id and a secret id: a token that belongs to nobody else. */
export function appRoleLogin(context: VaultContext, call: VaultCall): VaultAnswer {
  const roleId = textField(call.body, 'role_id') ?? '';
  if (roleId === '') throw badRequest('missing role_id');
  const role = roleWithId(context, call, roleId);
  if (role === undefined) throw badRequest('invalid role ID');
  const metadata = role.bindSecretId ? useSecretId(context, call, role) : {};
  const { token, ttlSec, warnings } = context.tokens.create({
    policies: loginPolicies(role.token),
    path: call.path,
    displayName: call.mount.path.slice('auth/'.length, -1),
    meta: { ...metadata, role_name: role.name },
    entityId: role.entityId,
    ttlSec: role.token.ttlSec,
    maxTtlSec: role.token.maxTtlSec,
    explicitMaxTtlSec: role.token.explicitMaxTtlSec,
    periodSec: role.token.periodSec,
    numUses: role.token.numUses,
  });
  return { auth: showAuth(token, ttlSec), ...(warnings === undefined ? {} : { warnings }) };
}

function roleWithId(context: VaultContext, call: VaultCall, roleId: string): AppRole | undefined {
  const folder = roleKey(call, '');
  return context.store
    .keys('engine', folder)
    .map((key) => findRole(context, call, key.slice(folder.length)))
    .find((role) => role?.roleId === roleId);
}

/** Counts a use; the last one ends the secret id. */
function useSecretId(
  context: VaultContext,
  call: VaultCall,
  role: AppRole,
): Readonly<Record<string, string>> {
  const id = textField(call.body, 'secret_id') ?? '';
  if (id === '') throw badRequest('missing secret_id');
  const key = secretIdKey(call, role.name, id);
  const secretId = findSecretId(context, key);
  if (secretId === undefined) throw badRequest('invalid secret id');
  if (secretId.numUses === 1 || secretId.usesLeft === 1) context.store.delete('engine', key);
  else if (secretId.numUses > 0)
    context.store.put('engine', key, { ...secretId, usesLeft: secretId.usesLeft - 1 });
  return secretId.metadata;
}
