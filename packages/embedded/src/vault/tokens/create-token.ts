import { callerOf } from '../routing/authorize.js';
import type { Token, TokenRole } from '../state/records.js';
import type { VaultContext } from '../vault-context.js';
import {
  countField,
  flagField,
  listField,
  objectField,
  refuseFields,
  secondsField,
  textField,
} from '../wire/fields.js';
import type { JsonObject, VaultAnswer, VaultCall } from '../wire/vault-call.js';
import { badRequest } from '../wire/vault-fault.js';
import { showAuth } from './show-token.js';
import type { TokenWish } from './token-book.js';

/** How a token is asked for. */
interface Manner {
  readonly orphan: boolean;
  readonly role?: string;
}

/** `auth/token/create`, alone, as an orphan, or as a role says. Nobody can give away more than they have. */
export function createToken(context: VaultContext, call: VaultCall, manner: Manner): VaultAnswer {
  const parent = callerOf(call);
  if (parent.numUses > 0) throw badRequest('restricted use token cannot generate child tokens');
  refuseFields(call.body, ['bound_cidrs', 'entity_alias']);
  if (textField(call.body, 'type') === 'batch')
    throw badRequest('batch tokens are not provided by the embedded server: use service tokens');
  const wish =
    manner.role === undefined
      ? freeWish(context, call, manner.orphan)
      : roleWish(roleOf(context, manner.role), call, parent);
  if (wish.id !== undefined && context.tokens.find(wish.id) !== undefined)
    throw badRequest('cannot create a token with a duplicate ID');
  const created = context.tokens.create(wish);
  return {
    auth: showAuth(created.token, created.ttlSec),
    ...(created.warnings === undefined ? {} : { warnings: created.warnings }),
  };
}

function freeWish(context: VaultContext, call: VaultCall, orphan: boolean): TokenWish {
  const parent = callerOf(call);
  const { body } = call;
  const sudo = context.policies.acl(parent.policies).capabilities(call.path).has('sudo');
  const id = textField(body, 'id');
  const noParent = flagField(body, 'no_parent') ?? false;
  if (!sudo && (id !== undefined || noParent || body.period !== undefined))
    throw badRequest(
      'root or sudo privileges required to specify token id, to create orphan or periodic tokens',
    );
  const asked = listField(body, 'policies') ?? [];
  const wanted = asked.length === 0 ? parent.policies : asked;
  if (!sudo && !wanted.every((name) => parent.policies.includes(name) || name === 'default'))
    throw badRequest('child policies must be subset of parent');
  if (wanted.includes('root') && !parent.policies.includes('root'))
    throw badRequest('root tokens may not be created without parent token being root');
  const ttlSec = secondsField(body, 'ttl') ?? secondsField(body, 'lease') ?? 0;
  return {
    ...common(body, parent),
    ...(id === undefined ? {} : { id }),
    policies: withDefault(wanted, flagField(body, 'no_default_policy') ?? false),
    parent: orphan || noParent ? undefined : parent.id,
    path: call.path,
    ttlSec,
    periodSec: secondsField(body, 'period') ?? 0,
    endless: wanted.includes('root') && ttlSec === 0 && parent.expiresMs === undefined,
  };
}

function roleWish(role: TokenRole, call: VaultCall, parent: Token): TokenWish {
  const { body } = call;
  const asked = listField(body, 'policies') ?? [];
  const wanted =
    asked.length > 0 ? asked : role.allowedPolicies.length > 0 ? role.allowedPolicies : parent.policies;
  // Without a list of its own, a role gives no more than the caller has.
  const allowed = role.allowedPolicies.length > 0 ? role.allowedPolicies : parent.policies;
  const free = role.allowedPolicies.length === 0 && role.disallowedPolicies.length > 0;
  const outside = wanted.filter((name) => name !== 'default' && !allowed.includes(name));
  if (!free && outside.length > 0)
    throw badRequest(
      `token policies (${quoted(wanted)}) must be subset of the role's allowed policies (${quoted(allowed)})`,
    );
  const forbidden = wanted.find((name) => role.disallowedPolicies.includes(name));
  if (forbidden !== undefined) throw badRequest(`token policy "${forbidden}" is disallowed by this role`);
  if (wanted.includes('root') && !parent.policies.includes('root'))
    throw badRequest('root tokens may not be created without parent token being root');
  const suffix = role.pathSuffix === '' ? '' : `/${role.pathSuffix}`;
  const own = secondsField(body, 'explicit_max_ttl') ?? 0;
  return {
    ...common(body, parent),
    policies: withDefault(wanted, role.noDefaultPolicy),
    parent: role.orphan ? undefined : parent.id,
    role: role.name,
    path: `${call.path}${suffix}`,
    ttlSec: secondsField(body, 'ttl') ?? 0,
    renewable: role.renewable && (flagField(body, 'renewable') ?? true),
    periodSec: role.periodSec,
    numUses: role.numUses > 0 ? role.numUses : (countField(body, 'num_uses') ?? 0),
    explicitMaxTtlSec: Math.min(role.explicitMaxTtlSec || own, own || role.explicitMaxTtlSec),
  };
}

function common(body: JsonObject, parent: Token): Omit<TokenWish, 'policies' | 'path'> {
  const name = textField(body, 'display_name') ?? '';
  return {
    displayName: name === '' ? 'token' : `token-${name.replaceAll(/[^\w-]/g, '-')}`,
    meta: metadata(body),
    entityId: parent.entityId,
    renewable: flagField(body, 'renewable') ?? true,
    numUses: countField(body, 'num_uses') ?? 0,
    explicitMaxTtlSec: secondsField(body, 'explicit_max_ttl') ?? 0,
  };
}

function metadata(body: JsonObject): Readonly<Record<string, string>> | null {
  const entries = Object.entries(objectField(body, 'meta') ?? objectField(body, 'metadata') ?? {});
  return entries.length === 0
    ? null
    : Object.fromEntries(entries.map(([key, value]) => [key, String(value)]));
}

function withDefault(policies: readonly string[], without: boolean): readonly string[] {
  return without || policies.includes('root') ? policies : [...policies, 'default'];
}

function roleOf(context: VaultContext, name: string): TokenRole {
  const role = context.store.get('tokenRoles', name);
  if (role === undefined) throw badRequest(`unknown role ${name}`);
  return role;
}

function quoted(names: readonly string[]): string {
  return `[${names.map((name) => JSON.stringify(name)).join(' ')}]`;
}
