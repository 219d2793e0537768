import type { Token } from '../state/records.js';
import { callerOf } from '../routing/authorize.js';
import type { VaultContext } from '../vault-context.js';
import { secondsField, textField } from '../wire/fields.js';
import { param, type VaultAnswer, type VaultCall, type VaultRoute } from '../wire/vault-call.js';
import { badRequest, denied, VaultFault } from '../wire/vault-fault.js';
import { createToken } from './create-token.js';
import { showAuth, showToken } from './show-token.js';
import { tokenRoleRoutes } from './token-role-routes.js';

/** `auth/token/`: tokens made, looked up, renewed and revoked, by themselves, by id and by accessor. */
export function tokenRoutes(context: VaultContext): readonly VaultRoute[] {
  return [
    { path: 'create', write: (call) => createToken(context, call, { orphan: false }) },
    { path: 'create-orphan', write: (call) => createToken(context, call, { orphan: true }), sudo: true },
    {
      path: 'create/:role',
      write: (call) => createToken(context, call, { orphan: false, role: param(call, 'role') }),
    },
    { path: 'accessors', list: () => ({ data: { keys: context.tokens.accessors() } }), sudo: true },
    ...lookUps(context),
    ...renewals(context),
    ...revocations(context),
    ...tokenRoleRoutes(context),
  ];
}

function lookUps(context: VaultContext): readonly VaultRoute[] {
  const show = (token: Token, id: string): VaultAnswer => ({ data: showToken(token, id, context.clock()) });
  const self = (call: VaultCall): VaultAnswer => show(callerOf(call), callerOf(call).id);
  const other = (call: VaultCall): VaultAnswer => {
    const token = named(context, call) ?? callerOf(call);
    return show(token, token.id);
  };
  return [
    { path: 'lookup-self', read: self, write: self },
    { path: 'lookup', read: other, write: other },
    { path: 'lookup/:token', read: other, write: other },
    { path: 'lookup-accessor', write: (call) => show(byAccessor(context, call), '') },
    { path: 'lookup-accessor/:accessor', write: (call) => show(byAccessor(context, call), '') },
  ];
}

function renewals(context: VaultContext): readonly VaultRoute[] {
  const renew = (call: VaultCall, token: Token): VaultAnswer => {
    const renewed = context.tokens.renew(token, secondsField(call.body, 'increment') ?? 0);
    return {
      auth: showAuth(renewed.token, renewed.ttlSec),
      ...(renewed.warnings === undefined ? {} : { warnings: renewed.warnings }),
    };
  };
  const other = (call: VaultCall): VaultAnswer => renew(call, named(context, call) ?? callerOf(call));
  const accessor = (call: VaultCall): VaultAnswer => {
    const answer = renew(call, byAccessor(context, call));
    return { ...answer, auth: { ...answer.auth, client_token: '' } };
  };
  return [
    { path: 'renew-self', write: (call) => renew(call, callerOf(call)) },
    { path: 'renew', write: other },
    { path: 'renew/:token', write: other },
    { path: 'renew-accessor', write: accessor },
  ];
}

function revocations(context: VaultContext): readonly VaultRoute[] {
  const { tokens } = context;
  const other = (end: (id: string) => void) => (call: VaultCall) => {
    const id = param(call, 'token') || textField(call.body, 'token');
    if (id === undefined || id === '') throw badRequest('missing token ID');
    end(id);
    return undefined;
  };
  const revoke = other((id) => {
    tokens.revoke(id);
  });
  const orphan = other((id) => {
    if (tokens.find(id) === undefined) throw badRequest('token to revoke not found');
    tokens.revokeAlone(id);
  });
  return [
    {
      path: 'revoke-self',
      write: (call) => {
        tokens.revoke(callerOf(call).id);
        return undefined;
      },
    },
    { path: 'revoke', write: revoke },
    { path: 'revoke/:token', write: revoke },
    { path: 'revoke-orphan', write: orphan, sudo: true },
    { path: 'revoke-orphan/:token', write: orphan, sudo: true },
    {
      path: 'revoke-accessor',
      write: (call) => {
        tokens.revoke(byAccessor(context, call).id);
        return undefined;
      },
    },
  ];
}

/** The token that the request names; `undefined` when it names none. */
function named(context: VaultContext, call: VaultCall): Token | undefined {
  const id = param(call, 'token') || textField(call.body, 'token');
  if (id === undefined || id === '') return undefined;
  const token = context.tokens.find(id);
  if (token === undefined) throw call.path.includes('/lookup') ? new VaultFault(403, 'bad token') : denied();
  return token;
}

function byAccessor(context: VaultContext, call: VaultCall): Token {
  const accessor = param(call, 'accessor') || (textField(call.body, 'accessor') ?? '');
  if (accessor === '') throw badRequest('missing accessor');
  const token = context.tokens.findByAccessor(accessor);
  if (token === undefined) throw new VaultFault(403, `1 error occurred:\n\t* invalid accessor\n\n`);
  return token;
}
