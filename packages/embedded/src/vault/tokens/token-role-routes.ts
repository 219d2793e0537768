import type { TokenRole } from '../state/records.js';
import type { VaultContext } from '../vault-context.js';
import { countField, flagField, listField, refuseFields, secondsField, textField } from '../wire/fields.js';
import { param, type JsonObject, type VaultCall, type VaultRoute } from '../wire/vault-call.js';
import { notFound } from '../wire/vault-fault.js';

/** `auth/token/roles/`: what tokens may be made through a role. */
export function tokenRoleRoutes(context: VaultContext): readonly VaultRoute[] {
  const { store } = context;
  return [
    {
      path: 'roles',
      list: () => {
        const keys = store.keys('tokenRoles');
        if (keys.length === 0) throw notFound();
        return { data: { keys } };
      },
    },
    {
      path: 'roles/:name',
      exists: (call) => store.get('tokenRoles', param(call, 'name')) !== undefined,
      read: (call) => {
        const role = store.get('tokenRoles', param(call, 'name'));
        if (role === undefined) throw notFound();
        return { data: showRole(role) };
      },
      write: (call) => {
        store.put(
          'tokenRoles',
          param(call, 'name'),
          roleFrom(call, store.get('tokenRoles', param(call, 'name'))),
        );
        return undefined;
      },
      delete: (call) => {
        store.delete('tokenRoles', param(call, 'name'));
        return undefined;
      },
    },
  ];
}

/** What the request does not name stays as it was. */
function roleFrom(call: VaultCall, before: TokenRole | undefined): TokenRole {
  const { body } = call;
  refuseFields(body, [
    'allowed_policies_glob',
    'disallowed_policies_glob',
    'allowed_entity_aliases',
    'token_bound_cidrs',
    'bound_cidrs',
  ]);
  return {
    name: param(call, 'name'),
    allowedPolicies: listField(body, 'allowed_policies') ?? before?.allowedPolicies ?? [],
    disallowedPolicies: listField(body, 'disallowed_policies') ?? before?.disallowedPolicies ?? [],
    orphan: flagField(body, 'orphan') ?? before?.orphan ?? false,
    renewable: flagField(body, 'renewable') ?? before?.renewable ?? true,
    pathSuffix: textField(body, 'path_suffix') ?? before?.pathSuffix ?? '',
    noDefaultPolicy: flagField(body, 'token_no_default_policy') ?? before?.noDefaultPolicy ?? false,
    periodSec: secondsField(body, 'token_period') ?? secondsField(body, 'period') ?? before?.periodSec ?? 0,
    explicitMaxTtlSec:
      secondsField(body, 'token_explicit_max_ttl') ??
      secondsField(body, 'explicit_max_ttl') ??
      before?.explicitMaxTtlSec ??
      0,
    numUses: countField(body, 'token_num_uses') ?? before?.numUses ?? 0,
  };
}

function showRole(role: TokenRole): JsonObject {
  return {
    name: role.name,
    allowed_policies: role.allowedPolicies,
    disallowed_policies: role.disallowedPolicies,
    orphan: role.orphan,
    renewable: role.renewable,
    path_suffix: role.pathSuffix,
    token_no_default_policy: role.noDefaultPolicy,
    token_period: role.periodSec,
    token_explicit_max_ttl: role.explicitMaxTtlSec,
    token_num_uses: role.numUses,
    token_type: 'default-service',
    period: role.periodSec,
    explicit_max_ttl: role.explicitMaxTtlSec,
  };
}
