import { readFile } from 'node:fs/promises';
import { VaultError } from '../vault-error.js';
import type { AppRoleAuth, JwtAuth, TokenAuth, VaultAuth } from '../vault-options.js';
import { encodePath } from '../transport/path.js';
import { dataOf } from '../transport/read-answer.js';
import type { Transport } from '../transport/transport.js';
import { Credential } from './credential.js';
import type { LoginMethod } from './login-method.js';
import { loginOf, lookedUp } from './read-login.js';

/** The way to log in that the options name. */
export function createLoginMethod(transport: Transport, auth: VaultAuth): LoginMethod {
  switch (auth.method) {
    case 'token':
      return tokenLogin(transport, auth);
    case 'approle':
      return appRoleLogin(transport, auth);
    case 'jwt':
      return jwtLogin(transport, auth);
  }
}

function tokenLogin(transport: Transport, auth: TokenAuth): LoginMethod {
  const credential = new Credential({ value: auth.token, file: auth.file });
  return {
    repeatable: credential.isReplaceable,
    isReplaced: () => credential.isReplaced,
    isGiven: true,
    login: async (signal) => {
      const token = credential.use();
      const spec = {
        doing: 'looking up the given token',
        method: 'GET',
        path: 'auth/token/lookup-self',
        token,
        login: true,
      } as const;
      return lookedUp(await transport.send(spec, signal), token);
    },
  };
}

function appRoleLogin(transport: Transport, auth: AppRoleAuth): LoginMethod {
  const mount = encodePath(auth.mount ?? 'approle', 'The mount of the AppRole login');
  const credential = new Credential({ value: auth.secretId, file: auth.secretIdFile });
  let unwrapped: { readonly from: string; readonly secretId: string } | undefined;
  const secretIdOf = async (given: string, signal: AbortSignal): Promise<string> => {
    if (auth.wrapped !== true) return given;
    // Once only: the wrapping token is worth nothing after it.
    if (unwrapped?.from !== given)
      unwrapped = { from: given, secretId: await unwrap(transport, given, signal) };
    return unwrapped.secretId;
  };
  return {
    repeatable: true,
    isReplaced: () => credential.isReplaced,
    login: async (signal) => {
      const secretId = await secretIdOf(credential.use(), signal);
      const spec = {
        doing: `logging in by AppRole at auth/${mount}`,
        method: 'POST',
        path: `auth/${mount}/login`,
        body: { role_id: auth.roleId, secret_id: secretId },
        login: true,
        sensitive: true,
      } as const;
      return loginOf(await transport.send(spec, signal));
    },
  };
}

async function unwrap(transport: Transport, token: string, signal: AbortSignal): Promise<string> {
  const spec = {
    doing: 'unwrapping the secret id',
    method: 'POST',
    path: 'sys/wrapping/unwrap',
    token,
    login: true,
  } as const;
  return dataOf(await transport.send(spec, signal)).string('secret_id');
}

function jwtLogin(transport: Transport, { role, file, mount: given = 'jwt' }: JwtAuth): LoginMethod {
  const mount = encodePath(given, 'The mount of the JWT login');
  return {
    repeatable: true,
    login: async (signal) => {
      const spec = {
        doing: `logging in by JWT at auth/${mount} with the role "${role}"`,
        method: 'POST',
        path: `auth/${mount}/login`,
        body: { role, jwt: await readJwt(file) },
        login: true,
        sensitive: true,
      } as const;
      return loginOf(await transport.send(spec, signal));
    },
  };
}

async function readJwt(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    throw loginFailed(`The JWT file ${file} cannot be read: ${code ?? 'unknown failure'}.`, error);
  });
  if (text.trim() === '') throw loginFailed(`The JWT file ${file} is empty.`);
  return text.trim();
}

function loginFailed(message: string, cause?: unknown): VaultError {
  return new VaultError('VAULT_LOGIN_FAILED', message, { retryable: false, cause });
}
