import type { Token } from '../state/records.js';
import type { VaultContext } from '../vault-context.js';
import type { Capability } from '../policy/parse-policy.js';
import type { Operation, VaultCall } from '../wire/vault-call.js';
import { badRequest, denied, wrapped } from '../wire/vault-fault.js';

/** Who makes the call. Routes that are not open have a caller. */
export function callerOf(call: VaultCall): Token {
  if (call.caller === undefined) throw badRequest('missing client token');
  return call.caller;
}

/** The token of a request. Throws Vault's answers for none and for one that is not known. */
export function tokenOf(context: VaultContext, id: string): Token {
  if (id === '') throw badRequest('missing client token');
  const token = context.tokens.find(id);
  if (token === undefined) throw denied();
  return token;
}

/** What is to be allowed. */
export interface Intent {
  readonly path: string;
  readonly operation: Operation;
  readonly sudo: boolean;
}

/** Throws a 403 unless the policies of `token` allow it. */
export function authorize(context: VaultContext, token: Token, intent: Intent): void {
  const granted = capabilitiesAt(context, token, intent);
  const allowed = granted.has(intent.operation) && (!intent.sudo || granted.has('sudo'));
  if (!allowed) throw wrapped(403, 'permission denied');
}

/** A folder is listed with or without its slash, and a policy may be written for either. */
function capabilitiesAt(context: VaultContext, token: Token, intent: Intent): ReadonlySet<Capability> {
  const acl = context.policies.acl(token.policies);
  if (intent.operation !== 'list') return acl.capabilities(intent.path);
  const bare = intent.path.replace(/\/$/, '');
  const withSlash = acl.capabilities(`${bare}/`);
  return withSlash.size > 0 ? withSlash : acl.capabilities(bare);
}
