import { access, constants } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import type { AgentOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { homedir, platform } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { DockerError } from './errors.js';

/** Certificates of a TLS connection. */
export interface TlsFiles {
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Where the engine is. */
export type EngineAddress =
  | { readonly kind: 'socket'; readonly socketPath: string | (() => Promise<string>) }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly tls?: TlsFiles };

/** The variables that Docker's own tools read. */
export type DockerEnvironment = Readonly<Record<string, string | undefined>>;

/**
 * Reads an address as Docker's own command line does: `DOCKER_HOST`, `DOCKER_TLS_VERIFY`, `DOCKER_CERT_PATH`.
 *
 * @throws DockerError `DOCKER_CONFIG_INVALID`.
 */
export function resolveAddress(host: string | undefined, env: DockerEnvironment): EngineAddress {
  const address = host ?? env.DOCKER_HOST ?? '';
  if (address === '' || address === 'unix://') return { kind: 'socket', socketPath: defaultSocket };
  const [scheme, rest] = splitScheme(address);
  if (scheme === 'unix' || scheme === 'npipe') return { kind: 'socket', socketPath: rest };
  if (scheme === 'tcp' || scheme === 'http' || scheme === 'https') return tcpAddress(address, scheme, env);
  throw invalid(address, `scheme ${scheme} is not supported; use unix://, tcp:// or npipe://`);
}

/**
 * One pool of connections. dockerode prints every request it sends into a debug message, wanted or not, and with it the
 * agent: the agent prints as a word, or each call would walk all the open sockets.
 */
export function createAgent(address: EngineAddress, options: AgentOptions): HttpAgent {
  const agent =
    address.kind === 'tcp' && address.tls !== undefined ? new HttpsAgent(options) : new HttpAgent(options);
  return Object.assign(agent, { [inspect.custom]: () => 'Agent' });
}

function splitScheme(address: string): readonly [scheme: string, rest: string] {
  const at = address.indexOf('://');
  return at < 0 ? ['tcp', address] : [address.slice(0, at), address.slice(at + 3)];
}

function tcpAddress(address: string, scheme: string, env: DockerEnvironment): EngineAddress {
  const tls = scheme === 'https' || (env.DOCKER_TLS_VERIFY ?? '') !== '';
  let url: URL;
  try {
    url = new URL(`http://${splitScheme(address)[1]}`);
  } catch (error) {
    throw invalid(address, 'it is not of the form tcp://host:port', error);
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // A URL drops the default port of its scheme, 80, from what was written.
  const written = /:80(\/|$)/.test(address) ? 80 : 0;
  const port = Number(url.port) || written || (tls ? 2376 : 2375);
  return tls ? { kind: 'tcp', host, port, tls: readTlsFiles(env) } : { kind: 'tcp', host, port };
}

function readTlsFiles(env: DockerEnvironment): TlsFiles {
  const folder = env.DOCKER_CERT_PATH ?? join(homedir(), '.docker');
  try {
    const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((name) => readFileSync(join(folder, name)));
    return { ca, cert, key } as TlsFiles;
  } catch (error) {
    throw new DockerError(
      'DOCKER_CONFIG_INVALID',
      `Could not read the engine's certificates ca.pem, cert.pem and key.pem in ${folder}. Set DOCKER_CERT_PATH, or unset DOCKER_TLS_VERIFY.`,
      { cause: error },
    );
  }
}

/** Docker Desktop keeps the socket in the home folder; everything else in /var/run. */
async function defaultSocket(): Promise<string> {
  if (platform() === 'win32') return '//./pipe/docker_engine';
  const personal = join(homedir(), '.docker', 'run', 'docker.sock');
  return access(personal, constants.F_OK).then(
    () => personal,
    () => '/var/run/docker.sock',
  );
}

function invalid(address: string, why: string, cause?: unknown): DockerError {
  return new DockerError('DOCKER_CONFIG_INVALID', `Could not use the engine address "${address}": ${why}.`, {
    cause,
  });
}
