import { createHash, randomUUID } from 'node:crypto';
import type { VaultContext } from '../vault-context.js';
import { countField, flagField, listField, refuseFields, secondsField, textField } from '../wire/fields.js';
import { param, type JsonObject, type VaultCall } from '../wire/vault-call.js';
import { notFound } from '../wire/vault-fault.js';

/** A role that programs log in as. */
export interface AppRole {
  readonly name: string;
  readonly roleId: string;
  readonly entityId: string;
  readonly bindSecretId: boolean;
  readonly secretIdNumUses: number;
  readonly secretIdTtlSec: number;
  readonly token: TokenSettings;
}

/** A secret id, without the id itself: only its hash is kept. */
export interface SecretId {
  readonly role: string;
  readonly accessor: string;
  readonly createdMs: number;
  /** 0 = without end. */
  readonly ttlSec: number;
  /** 0 = any number of times. */
  readonly numUses: number;
  readonly usesLeft: number;
  readonly metadata: Readonly<Record<string, string>>;
}

/** How the tokens of a login are; the same for every way to log in. */
export interface TokenSettings {
  readonly policies: readonly string[];
  readonly ttlSec: number;
  readonly maxTtlSec: number;
  readonly explicitMaxTtlSec: number;
  readonly periodSec: number;
  readonly numUses: number;
  readonly noDefaultPolicy: boolean;
}

/** Reads the `token_…` fields; what is not named stays as it was. */
export function tokenSettings(body: JsonObject, before: TokenSettings | undefined): TokenSettings {
  refuseFields(body, ['token_bound_cidrs', 'bound_cidr_list', 'bound_cidrs']);
  return {
    policies: listField(body, 'token_policies') ?? listField(body, 'policies') ?? before?.policies ?? [],
    ttlSec: secondsField(body, 'token_ttl') ?? before?.ttlSec ?? 0,
    maxTtlSec: secondsField(body, 'token_max_ttl') ?? before?.maxTtlSec ?? 0,
    explicitMaxTtlSec: secondsField(body, 'token_explicit_max_ttl') ?? before?.explicitMaxTtlSec ?? 0,
    periodSec: secondsField(body, 'token_period') ?? secondsField(body, 'period') ?? before?.periodSec ?? 0,
    numUses: countField(body, 'token_num_uses') ?? before?.numUses ?? 0,
    noDefaultPolicy: flagField(body, 'token_no_default_policy') ?? before?.noDefaultPolicy ?? false,
  };
}

/** The `token_…` fields as they are shown. */
export function showTokenSettings(token: TokenSettings): JsonObject {
  return {
    token_bound_cidrs: [],
    token_explicit_max_ttl: token.explicitMaxTtlSec,
    token_max_ttl: token.maxTtlSec,
    token_no_default_policy: token.noDefaultPolicy,
    token_num_uses: token.numUses,
    token_period: token.periodSec,
    token_policies: token.policies,
    token_ttl: token.ttlSec,
    token_type: 'default',
  };
}

/** The policies of a token made by a login. */
export function loginPolicies(token: TokenSettings): readonly string[] {
  return token.noDefaultPolicy ? token.policies : [...token.policies, 'default'];
}

/** Reads a role; what is not named stays as it was. */
export function roleFrom(call: VaultCall, name: string, before: AppRole | undefined): AppRole {
  const { body } = call;
  refuseFields(body, ['secret_id_bound_cidrs']);
  return {
    name,
    roleId: textField(body, 'role_id') ?? before?.roleId ?? randomUUID(),
    entityId: before?.entityId ?? randomUUID(),
    bindSecretId: flagField(body, 'bind_secret_id') ?? before?.bindSecretId ?? true,
    secretIdNumUses: countField(body, 'secret_id_num_uses') ?? before?.secretIdNumUses ?? 0,
    secretIdTtlSec: secondsField(body, 'secret_id_ttl') ?? before?.secretIdTtlSec ?? 0,
    token: tokenSettings(body, before?.token),
  };
}

/** The role of a name; `undefined` when there is none. */
export function findRole(context: VaultContext, call: VaultCall, name: string): AppRole | undefined {
  // Only this engine writes keys of its own mount, and under `role/` only roles.
  return context.store.get('engine', roleKey(call, name)) as unknown as AppRole | undefined;
}

/** The role that the path names. Throws a 404. */
export function roleOf(context: VaultContext, call: VaultCall): AppRole {
  const role = findRole(context, call, param(call, 'name'));
  if (role === undefined) throw notFound();
  return role;
}

/** A secret id, by the hash of the id; `undefined` when it is not there, over, or used up. */
export function findSecretId(context: VaultContext, key: string): SecretId | undefined {
  const found = context.store.get('engine', key) as unknown as SecretId | undefined;
  if (found === undefined) return undefined;
  const over = found.ttlSec > 0 && found.createdMs + found.ttlSec * 1000 <= context.clock();
  return over ? undefined : found;
}

/** Where a role is kept. */
export function roleKey(call: VaultCall, name: string): string {
  return `${call.mount.uuid}/role/${name}`;
}

/** Where a secret id of a role is kept. */
export function secretIdKey(call: VaultCall, role: string, secretId: string): string {
  return `${secretIdFolder(call, role)}${createHash('sha256').update(secretId).digest('hex')}`;
}

/** Where all secret ids of a role are kept. */
export function secretIdFolder(call: VaultCall, role: string): string {
  return `${call.mount.uuid}/secret-id/${role}/`;
}
