import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { problemsOf } from './check-options.js';
import { badOptions } from './refusals.js';
import type { VaultAuth, VaultOptions, VaultTlsOptions } from './vault-options.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables, and what is wrong with them. */
interface Reading {
  readonly get: (name: string) => string | undefined;
  readonly problems: string[];
}

/**
 * Options from the variables that HashiCorp's own tools read, `VAULT_ADDR`, `VAULT_TOKEN`, `VAULT_NAMESPACE`, `VAULT_CACERT`,
 * `VAULT_SKIP_VERIFY`, `VAULT_TLS_SERVER_NAME`, `VAULT_CLIENT_TIMEOUT` (seconds, or `30s`, `2m`), and from those that name other logins:
 * `VAULT_TOKEN_FILE`, `VAULT_ROLE_ID` with `VAULT_SECRET_ID` or `VAULT_SECRET_ID_FILE` (and `VAULT_SECRET_ID_WRAPPED=true`), or `VAULT_JWT_FILE` with `VAULT_JWT_ROLE`. Exactly one
 * way to log in must be given. Empty variables count as unset. Undefined without `VAULT_ADDR`.
 *
 * @throws VaultError VAULT_BAD_OPTIONS, naming every variable that is wrong.
 */
export function vaultOptionsFromEnv(env: Environment = process.env): VaultOptions | undefined {
  const reading: Reading = { get: (name) => (env[name] === '' ? undefined : env[name]), problems: [] };
  const { get, problems } = reading;
  const address = get('VAULT_ADDR');
  if (address === undefined) return undefined;
  const auth = readAuth(reading);
  const tls = readTls(reading);
  const namespace = get('VAULT_NAMESPACE');
  const timeoutMs = readTimeout(reading);
  const optional = {
    ...(namespace === undefined ? {} : { namespace }),
    ...(tls === undefined ? {} : { tls }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
  // A stand-in, so that the rest is checked as well.
  const options = { address, auth: auth ?? { method: 'token', token: 'none' }, ...optional } as const;
  problems.push(...problemsOf(options));
  if (problems.length > 0) throw badOptions(problems.join(' '));
  return options;
}

function readAuth(reading: Reading): VaultAuth | undefined {
  const { get, problems } = reading;
  const ways = [readToken(reading), readTokenFile(reading), readAppRole(reading), readJwt(reading)].filter(
    (way) => way !== undefined,
  );
  const [auth] = ways;
  if (ways.length === 1) return auth;
  const given = ['VAULT_TOKEN', 'VAULT_TOKEN_FILE', 'VAULT_ROLE_ID', 'VAULT_JWT_FILE'].filter(
    (name) => get(name) !== undefined,
  );
  if (ways.length > 1) {
    problems.push(`${given.join(' and ')} are set: they are different ways to log in. Keep one.`);
  } else if (problems.length === 0) {
    problems.push(
      'VAULT_ADDR is set, but no way to log in: set VAULT_TOKEN or VAULT_TOKEN_FILE, VAULT_ROLE_ID and VAULT_SECRET_ID or VAULT_SECRET_ID_FILE, or VAULT_JWT_FILE and VAULT_JWT_ROLE.',
    );
  }
  return undefined;
}

function readToken({ get }: Reading): VaultAuth | undefined {
  const token = get('VAULT_TOKEN');
  return token === undefined ? undefined : { method: 'token', token };
}

function readTokenFile(reading: Reading): VaultAuth | undefined {
  const found = readFile(reading, 'VAULT_TOKEN_FILE');
  return found && { method: 'token', token: found.content.trim(), file: found.path };
}

function readAppRole(reading: Reading): VaultAuth | undefined {
  const isFile = reading.get('VAULT_SECRET_ID_FILE') !== undefined;
  const [roleId, given] = readPair(
    reading,
    'VAULT_ROLE_ID',
    isFile ? 'VAULT_SECRET_ID_FILE' : 'VAULT_SECRET_ID',
  );
  const wrapped = readFlag(reading, 'VAULT_SECRET_ID_WRAPPED');
  if (roleId === undefined || given === undefined) return undefined;
  const file = isFile ? readFile(reading, 'VAULT_SECRET_ID_FILE') : undefined;
  if (isFile && file === undefined) return undefined;
  const secretId = file?.content.trim() ?? given;
  const fromFile = file === undefined ? {} : { secretIdFile: file.path };
  return { method: 'approle', roleId, secretId, ...fromFile, ...(wrapped === true ? { wrapped } : {}) };
}

function readJwt(reading: Reading): VaultAuth | undefined {
  const [file, role] = readPair(reading, 'VAULT_JWT_FILE', 'VAULT_JWT_ROLE');
  return file === undefined || role === undefined ? undefined : { method: 'jwt', role, file };
}

function readPair({ get, problems }: Reading, one: string, other: string): readonly [string?, string?] {
  const [first, second] = [get(one), get(other)];
  if ((first === undefined) !== (second === undefined)) {
    const [set, unset] = first === undefined ? [other, one] : [one, other];
    problems.push(`${set} is set without ${unset}: they go together.`);
  }
  return [first, second];
}

function readTls(reading: Reading): VaultTlsOptions | undefined {
  const ca = readFile(reading, 'VAULT_CACERT');
  const serverName = reading.get('VAULT_TLS_SERVER_NAME');
  const skipVerify = readFlag(reading, 'VAULT_SKIP_VERIFY');
  const tls = {
    ...(ca === undefined ? {} : { ca: ca.content, caFile: ca.path }),
    ...(serverName === undefined ? {} : { serverName }),
    ...(skipVerify === true ? { skipVerify } : {}),
  };
  return Object.keys(tls).length === 0 ? undefined : tls;
}

/** As Go's `strconv.ParseBool` reads them. */
function readFlag({ get, problems }: Reading, name: string): boolean | undefined {
  const value = get(name);
  if (value === undefined) return undefined;
  if (/^(1|t|true)$/i.test(value)) return true;
  if (!/^(0|f|false)$/i.test(value)) problems.push(`${name} is "${value}": it should be true or false.`);
  return false;
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

function readTimeout({ get, problems }: Reading): number | undefined {
  const value = get('VAULT_CLIENT_TIMEOUT');
  if (value === undefined) return undefined;
  const [, number, unit = 's'] = /^(\d+)(ms|s|m|h)?$/.exec(value) ?? [];
  const timeoutMs = Number(number) * (UNITS_MS[unit] ?? Number.NaN);
  if (timeoutMs > 0) return timeoutMs;
  problems.push(`VAULT_CLIENT_TIMEOUT is "${value}": it should be seconds, or a duration like 30s or 2m.`);
  return undefined;
}

interface FoundFile {
  readonly path: string;
  readonly content: string;
}

function readFile({ get, problems }: Reading, name: string): FoundFile | undefined {
  const given = get(name);
  if (given === undefined) return undefined;
  const path = resolve(given);
  try {
    return { path, content: readFileSync(path, 'utf8') };
  } catch {
    problems.push(`${name} names the file ${path}, which cannot be read.`);
    return undefined;
  }
}
