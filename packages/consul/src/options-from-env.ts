import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { badOptions, checkOptions } from './check-options.js';
import type { ConsulOptions, ConsulTlsOptions } from './consul-options.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Options from the variables that HashiCorp's own tools read: `CONSUL_HTTP_ADDR` (`host:port`, with or without
 * `http://` or `https://`), `CONSUL_HTTP_TOKEN`, `CONSUL_HTTP_TOKEN_FILE`, `CONSUL_HTTP_SSL`, `CONSUL_HTTP_SSL_VERIFY`,
 * `CONSUL_CACERT`, `CONSUL_CLIENT_CERT`, `CONSUL_CLIENT_KEY`, `CONSUL_TLS_SERVER_NAME`. Empty ones count as unset.
 * Files are read at once, and named in the options, so that the client reads them again.
 *
 * @throws ConsulError CONSUL_BAD_OPTIONS, naming the variable.
 */
export function consulOptionsFromEnv(env: Environment = process.env): ConsulOptions {
  const address = parseAddress(get(env, 'CONSUL_HTTP_ADDR'));
  const secure = address.secure ?? readFlag(env, 'CONSUL_HTTP_SSL') ?? false;
  const options: ConsulOptions = {
    ...(address.host === undefined ? {} : { host: address.host }),
    ...(address.port === undefined ? {} : { port: address.port }),
    ...readToken(env),
    ...(secure ? { tls: readTls(env) } : {}),
  };
  checkOptions(options);
  return options;
}

interface Address {
  readonly secure?: boolean;
  readonly host?: string;
  readonly port?: number;
}

function parseAddress(text: string | undefined): Address {
  if (text === undefined) return {};
  const url = /^[a-z]+:\/\//i.test(text) ? text : `tcp://${text}`;
  const match = /^(https?|tcp):\/\/(\[[\da-f:.]+\]|[^:/[\]]+)?(?::(\d+))?\/?$/i.exec(url);
  if (match === null) {
    throw badOptions(
      `CONSUL_HTTP_ADDR is "${text}": it should be host:port, with or without http:// or https://, and nothing after it.`,
    );
  }
  const [, scheme = '', host, port] = match;
  return {
    ...(scheme.toLowerCase() === 'tcp' ? {} : { secure: scheme.toLowerCase() === 'https' }),
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port: Number(port) }),
  };
}

function readToken(env: Environment): Pick<ConsulOptions, 'token' | 'tokenFile'> {
  const value = get(env, 'CONSUL_HTTP_TOKEN');
  if (value !== undefined) return { token: value };
  const file = readFile(env, 'CONSUL_HTTP_TOKEN_FILE');
  return file === undefined ? {} : { token: file.content.trim(), tokenFile: file.path };
}

function readTls(env: Environment): ConsulTlsOptions {
  const [ca, cert, key] = (['CONSUL_CACERT', 'CONSUL_CLIENT_CERT', 'CONSUL_CLIENT_KEY'] as const).map(
    (name) => readFile(env, name),
  );
  const serverName = get(env, 'CONSUL_TLS_SERVER_NAME');
  return {
    ...(ca === undefined ? {} : { ca: ca.content, caFile: ca.path }),
    ...(cert === undefined ? {} : { cert: cert.content, certFile: cert.path }),
    ...(key === undefined ? {} : { key: key.content, keyFile: key.path }),
    ...(serverName === undefined ? {} : { serverName }),
    ...(readFlag(env, 'CONSUL_HTTP_SSL_VERIFY') === false ? { insecure: true } : {}),
  };
}

function get(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value === undefined || value === '' ? undefined : value;
}

/** As Go's `strconv.ParseBool` reads them. */
function readFlag(env: Environment, name: string): boolean | undefined {
  const value = get(env, name);
  if (value === undefined) return undefined;
  if (/^(1|t|true)$/i.test(value)) return true;
  if (/^(0|f|false)$/i.test(value)) return false;
  throw badOptions(`${name} is "${value}": it should be true or false.`);
}

interface FoundFile {
  readonly path: string;
  readonly content: string;
}

function readFile(env: Environment, name: string): FoundFile | undefined {
  const given = get(env, name);
  if (given === undefined) return undefined;
  // It is read again, maybe by another process.
  const path = resolve(given);
  try {
    return { path, content: readFileSync(path, 'utf8') };
  } catch (error) {
    throw badOptions(`${name} names the file ${path}, which cannot be read.`, error);
  }
}
