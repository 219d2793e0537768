import { createPublicKey, randomUUID } from 'node:crypto';
import { showTokenSettings, tokenSettings } from '../approle/approle-records.js';
import type { VaultContext } from '../vault-context.js';
import { listField, objectField, refuseFields, textField } from '../wire/fields.js';
import { param, type JsonObject, type VaultCall, type VaultRoute } from '../wire/vault-call.js';
import { badRequest, notFound } from '../wire/vault-fault.js';
import { jwtLogin } from './jwt-login.js';
import {
  findJwtConfig,
  findJwtRole,
  jwtConfigKey,
  jwtRoleKey,
  type JwtConfig,
  type JwtRole,
} from './jwt-records.js';

/** `auth/jwt/`: login with signed tokens, checked with keys that were given (not fetched). */
export function jwtRoutes(context: VaultContext): readonly VaultRoute[] {
  return [
    { path: 'login', open: true, write: (call) => jwtLogin(context, call) },
    {
      path: 'config',
      read: (call) => ({ data: showConfig(found(findJwtConfig(context, call))) }),
      write: (call) => {
        context.store.put('engine', jwtConfigKey(call), { ...configFrom(call) });
        return undefined;
      },
    },
    ...roleRoutes(context),
  ];
}

function roleRoutes(context: VaultContext): readonly VaultRoute[] {
  const { store } = context;
  const find = (call: VaultCall): JwtRole | undefined => findJwtRole(context, call, param(call, 'name'));
  return [
    {
      path: 'role',
      list: (call) => {
        const folder = jwtRoleKey(call, '');
        const keys = store.keys('engine', folder).map((key) => key.slice(folder.length));
        if (keys.length === 0) throw notFound();
        return { data: { keys } };
      },
    },
    {
      path: 'role/:name',
      exists: (call) => find(call) !== undefined,
      read: (call) => ({ data: showRole(found(find(call))) }),
      write: (call) => {
        store.put('engine', jwtRoleKey(call, param(call, 'name')), { ...roleFrom(call, find(call)) });
        return undefined;
      },
      delete: (call) => {
        store.delete('engine', jwtRoleKey(call, param(call, 'name')));
        return undefined;
      },
    },
  ];
}

function found<T>(record: T | undefined): T {
  if (record === undefined) throw notFound();
  return record;
}

function configFrom(call: VaultCall): JwtConfig {
  const { body } = call;
  refuseFields(body, ['oidc_discovery_url', 'jwks_url', 'oidc_client_id', 'jwt_supported_algs']);
  const keys = body.jwt_validation_pubkeys;
  const publicKeys = typeof keys === 'string' ? [keys] : (listField(body, 'jwt_validation_pubkeys') ?? []);
  if (publicKeys.length === 0)
    throw badRequest('jwt_validation_pubkeys must be set: the embedded server fetches no keys');
  for (const key of publicKeys) checkKey(key);
  return {
    publicKeys,
    boundIssuer: textField(body, 'bound_issuer') ?? '',
    defaultRole: textField(body, 'default_role') ?? '',
  };
}

function checkKey(pem: string): void {
  try {
    createPublicKey(pem);
  } catch {
    throw badRequest('error parsing public key: it is not PEM of a public key or a certificate');
  }
}

/** What the request does not name stays as it was. */
function roleFrom(call: VaultCall, before: JwtRole | undefined): JwtRole {
  const { body } = call;
  const type = textField(body, 'role_type') ?? 'jwt';
  if (type !== 'jwt')
    throw badRequest(`invalid role_type ${JSON.stringify(type)}: the embedded server has jwt`);
  refuseFields(body, ['groups_claim', 'bound_cidrs', 'user_claim_json_pointer']);
  const role: JwtRole = {
    name: param(call, 'name'),
    entityId: before?.entityId ?? randomUUID(),
    boundAudiences: listField(body, 'bound_audiences') ?? before?.boundAudiences ?? [],
    boundSubject: textField(body, 'bound_subject') ?? before?.boundSubject ?? '',
    boundClaims: boundClaims(objectField(body, 'bound_claims')) ?? before?.boundClaims ?? {},
    globs:
      body.bound_claims_type === undefined ? (before?.globs ?? false) : body.bound_claims_type === 'glob',
    userClaim: textField(body, 'user_claim') ?? before?.userClaim ?? '',
    claimMappings: texts(objectField(body, 'claim_mappings')) ?? before?.claimMappings ?? {},
    token: tokenSettings(body, before?.token),
  };
  if (role.userClaim === '') throw badRequest('a user claim must be defined on the role');
  const bound = role.boundAudiences.length + Object.keys(role.boundClaims).length + role.boundSubject.length;
  if (bound === 0) throw badRequest('must have at least one bound constraint when creating/updating a role');
  return role;
}

function boundClaims(value: JsonObject | undefined): JwtRole['boundClaims'] | undefined {
  if (value === undefined) return undefined;
  const entries = Object.entries(value).map(([name, allowed]) => {
    const values: readonly unknown[] = Array.isArray(allowed) ? allowed : [allowed];
    return [name, values.map(String)] as const;
  });
  return Object.fromEntries(entries);
}

function texts(value: JsonObject | undefined): Readonly<Record<string, string>> | undefined {
  return value && Object.fromEntries(Object.entries(value).map(([name, each]) => [name, String(each)]));
}

function showConfig(config: JwtConfig): JsonObject {
  return {
    bound_issuer: config.boundIssuer,
    default_role: config.defaultRole,
    jwt_supported_algs: [],
    jwt_validation_pubkeys: config.publicKeys,
  };
}

function showRole(role: JwtRole): JsonObject {
  return {
    bound_audiences: role.boundAudiences,
    bound_claims: role.boundClaims,
    bound_claims_type: role.globs ? 'glob' : 'string',
    bound_subject: role.boundSubject,
    claim_mappings: role.claimMappings,
    role_type: 'jwt',
    user_claim: role.userClaim,
    ...showTokenSettings(role.token),
  };
}
