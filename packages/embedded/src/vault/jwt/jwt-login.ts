import { loginPolicies } from '../approle/approle-records.js';
import { showAuth } from '../tokens/show-token.js';
import type { VaultContext } from '../vault-context.js';
import { requiredText, textField } from '../wire/fields.js';
import type { JsonObject, VaultAnswer, VaultCall } from '../wire/vault-call.js';
import { badRequest } from '../wire/vault-fault.js';
import { claimOf, findJwtConfig, findJwtRole, type JwtConfig, type JwtRole } from './jwt-records.js';
import { verifyJwt } from './verify-jwt.js';

/** Login with a JSON Web Token that somebody trusted has signed. */
export function jwtLogin(context: VaultContext, call: VaultCall): VaultAnswer {
  const config = findJwtConfig(context, call);
  if (config === undefined) throw badRequest('could not load configuration');
  const name = textField(call.body, 'role') ?? config.defaultRole;
  if (name === '') throw badRequest('missing role');
  const jwt = requiredText(call.body, 'jwt');
  const role = findJwtRole(context, call, name);
  if (role === undefined) throw badRequest(`role "${name}" could not be found`);
  const claims = verifyJwt(jwt, config.publicKeys, context.clock());
  checkClaims(claims, role, config);
  const user = claimOf(claims, role.userClaim);
  if (typeof user !== 'string' || user === '')
    throw badRequest(`claim "${role.userClaim}" not found in token`);
  const { token, ttlSec, warnings } = context.tokens.create({
    policies: loginPolicies(role.token),
    path: call.path,
    displayName: `${call.mount.path.slice('auth/'.length, -1)}-${user}`,
    meta: { role: role.name, ...mapped(claims, role) },
    entityId: role.entityId,
    ttlSec: role.token.ttlSec,
    maxTtlSec: role.token.maxTtlSec,
    explicitMaxTtlSec: role.token.explicitMaxTtlSec,
    periodSec: role.token.periodSec,
    numUses: role.token.numUses,
  });
  return { auth: showAuth(token, ttlSec), ...(warnings === undefined ? {} : { warnings }) };
}

function checkClaims(claims: JsonObject, role: JwtRole, config: JwtConfig): void {
  if (config.boundIssuer !== '' && claims.iss !== config.boundIssuer)
    throw badRequest('error validating token: invalid issuer (iss) claim');
  if (role.boundSubject !== '' && claims.sub !== role.boundSubject)
    throw badRequest('error validating token: invalid subject (sub) claim');
  checkAudience(claims, role);
  for (const [name, allowed] of Object.entries(role.boundClaims)) {
    const values = listOf(claimOf(claims, name));
    const fits = values.some((value) => allowed.some((each) => equals(each, String(value), role.globs)));
    if (!fits)
      throw badRequest(
        `error validating claims: claim "${name}" does not match any associated bound claim values`,
      );
  }
}

function checkAudience(claims: JsonObject, role: JwtRole): void {
  const audiences = listOf(claims.aud);
  if (audiences.length > 0 && role.boundAudiences.length === 0)
    throw badRequest(
      'error validating token: audience claim found in JWT but no audiences bound to the role',
    );
  const bound = role.boundAudiences.length > 0;
  if (bound && !audiences.some((audience) => role.boundAudiences.includes(String(audience))))
    throw badRequest('error validating token: invalid audience (aud) claim');
}

function equals(wanted: string, value: string, globs: boolean): boolean {
  if (!globs) return wanted === value;
  const parts = wanted.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(value);
}

function mapped(claims: JsonObject, role: JwtRole): Readonly<Record<string, string>> {
  const entries = Object.entries(role.claimMappings).flatMap(([claim, name]) => {
    const value = claimOf(claims, claim);
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return Object.fromEntries(entries);
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}
