import type { Session } from '../session.js';
import { encodePath } from '../transport/path.js';
import type { LoginMethod } from './login-method.js';
import { loginOf } from './read-login.js';

/** Tokens of a role, made with another client's token. https://developer.hashicorp.com/vault/api-docs/auth/token#create-token */
export function tokenRoleLogin(parent: Session, tokenRole: string): LoginMethod {
  const path = `auth/token/create/${encodePath(tokenRole, 'The token role')}`;
  const doing = `creating a token of the role "${tokenRole}"`;
  return {
    repeatable: true,
    login: async (signal) => loginOf(await parent.request({ doing, method: 'POST', path, body: {} }, signal)),
  };
}
