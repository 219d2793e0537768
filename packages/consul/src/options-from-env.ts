import { readFileSync } from 'node:fs';
import { badOptions, checkOptions } from './check-options.js';
import type { ConsulOptions, ConsulTlsOptions } from './consul-options.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Options from the variables that HashiCorp's own tools read: `CONSUL_HTTP_ADDR` (`host:port`, with or without
 * `http://` or `https://`), `CONSUL_HTTP_TOKEN`, `CONSUL_HTTP_TOKEN_FILE`, `CONSUL_HTTP_SSL`, `CONSUL_HTTP_SSL_VERIFY`,
 * `CONSUL_CACERT`, `CONSUL_CLIENT_CERT`, `CONSUL_CLIENT_KEY`, `CONSUL_TLS_SERVER_NAME`. Empty ones count as unset.
 * Files are read at once.
 *
 * @throws ConsulError CONSUL_BAD_OPTIONS, naming the variable.
 */
export function consulOptionsFromEnv(env: Environment = process.env): ConsulOptions {
  const address = parseAddress(get(env, 'CONSUL_HTTP_ADDR'));
  const token = get(env, 'CONSUL_HTTP_TOKEN') ?? readFile(env, 'CONSUL_HTTP_TOKEN_FILE')?.trim();
  const secure = address.secure ?? readFlag(env, 'CONSUL_HTTP_SSL') ?? false;
  const options: ConsulOptions = {
    ...(address.host === undefined ? {} : { host: address.host }),
    ...(address.port === undefined ? {} : { port: address.port }),
    ...(token === undefined ? {} : { token }),
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

function readTls(env: Environment): ConsulTlsOptions {
  const [ca, cert, key] = (['CONSUL_CACERT', 'CONSUL_CLIENT_CERT', 'CONSUL_CLIENT_KEY'] as const).map(
    (name) => readFile(env, name),
  );
  const serverName = get(env, 'CONSUL_TLS_SERVER_NAME');
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
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

function readFile(env: Environment, name: string): string | undefined {
  const path = get(env, name);
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw badOptions(`${name} names the file ${path}, which cannot be read.`, error);
  }
}
