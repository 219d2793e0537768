import type { TokenSettings } from '../approle/approle-records.js';
import type { VaultContext } from '../vault-context.js';
import type { JsonObject, VaultCall } from '../wire/vault-call.js';

/** Whose tokens are taken. */
export interface JwtConfig {
  /** PEM. */
  readonly publicKeys: readonly string[];
  readonly boundIssuer: string;
  readonly defaultRole: string;
}

/** What a token has to say to log in as a role. */
export interface JwtRole {
  readonly name: string;
  readonly entityId: string;
  readonly boundAudiences: readonly string[];
  readonly boundSubject: string;
  /** For each claim the values that are good. */
  readonly boundClaims: Readonly<Record<string, readonly string[]>>;
  /** Values of {@link boundClaims} may contain `*`. */
  readonly globs: boolean;
  readonly userClaim: string;
  /** Which claims are noted with the token, and as what. */
  readonly claimMappings: Readonly<Record<string, string>>;
  readonly token: TokenSettings;
}

/** The configuration of the call's mount; `undefined` when there is none. */
export function findJwtConfig(context: VaultContext, call: VaultCall): JwtConfig | undefined {
  // Only this engine writes under its own mount; this holds for roles too.
  return context.store.get('engine', jwtConfigKey(call)) as unknown as JwtConfig | undefined;
}

/** The role of a name; `undefined` when there is none. */
export function findJwtRole(context: VaultContext, call: VaultCall, name: string): JwtRole | undefined {
  return context.store.get('engine', jwtRoleKey(call, name)) as unknown as JwtRole | undefined;
}

/** Where the configuration is kept. */
export function jwtConfigKey(call: VaultCall): string {
  return `${call.mount.uuid}/config`;
}

/** Where a role is kept. */
export function jwtRoleKey(call: VaultCall, name: string): string {
  return `${call.mount.uuid}/role/${name}`;
}

/** A claim by its name, or by its way through objects, such as `/kubernetes.io/namespace`. */
export function claimOf(claims: JsonObject, name: string): unknown {
  if (!name.startsWith('/')) return claims[name];
  return name
    .slice(1)
    .split('/')
    .reduce<unknown>(
      (value, part) =>
        typeof value === 'object' && value !== null ? (value as JsonObject)[part] : undefined,
      claims,
    );
}
