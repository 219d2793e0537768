import { readFile } from 'node:fs/promises';
import { VaultError } from '../vault-error.js';
import type { AppRoleAuth, JwtAuth, TokenAuth, VaultAuth } from '../vault-options.js';
import { encodePath } from '../transport/path.js';
import { dataOf } from '../transport/read-answer.js';
import type { Transport } from '../transport/transport.js';
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

function tokenLogin(transport: Transport, { token }: TokenAuth): LoginMethod {
  return {
    repeatable: false,
    login: async (signal) => {
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
  let secretId = auth.wrapped === true ? undefined : auth.secretId;
  return {
    repeatable: true,
    login: async (signal) => {
      // Once only: the wrapping token is worth nothing after it.
      secretId ??= await unwrap(transport, auth.secretId, signal);
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
