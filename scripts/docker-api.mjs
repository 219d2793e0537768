/** The few calls of the Docker Engine API that the scripts need, on Node built-ins: they run before `npm ci`. */
import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { SetupError } from './setup-error.mjs';

/** Raftainer's oldest supported Engine API: Docker 20.10. */
const OLDEST_API = 1.41;

/**
 * Where an engine may listen: DOCKER_HOST alone when it is set, else the usual places of this platform.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string[]}
 */
export function dockerHosts(env = process.env) {
  if (env.DOCKER_HOST) return [env.DOCKER_HOST];
  if (process.platform === 'win32') return ['npipe:////./pipe/docker_engine'];
  const home = homedir();
  const sockets = ['/var/run/docker.sock'];
  if (env.XDG_RUNTIME_DIR) sockets.push(join(env.XDG_RUNTIME_DIR, 'docker.sock'));
  for (const folder of ['.docker/run', '.docker/desktop', '.colima/default', '.orbstack/run', '.rd']) {
    sockets.push(join(home, folder, 'docker.sock'));
  }
  return sockets.map((path) => `unix://${path}`);
}

/**
 * One request to the engine. The answer is read as text, whatever its status.
 *
 * @param {string} host `unix://…`, `npipe://…` or `tcp://…` (with TLS when DOCKER_TLS_VERIFY is set)
 * @param {string} path beginning with a slash, without API version
 * @param {{ method?: string, body?: import('node:stream').Readable, timeoutMs?: number }} [options]
 * @returns {Promise<{ status: number, text: string }>}
 */
export async function dockerRequest(host, path, { method = 'GET', body, timeoutMs = 10_000 } = {}) {
  const { send, target } = connection(host);
  const signal = AbortSignal.timeout(timeoutMs);
  const request = send({ ...target, path, method, signal });
  const answered = new Promise((resolve, reject) => request.once('response', resolve).on('error', reject));
  // An engine that refuses may answer and hang up before the body is through: then the answer counts, not the EPIPE.
  if (body === undefined) request.end();
  else pipeline(body, request).catch((error) => request.destroy(error));
  const response = await answered;
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, text: Buffer.concat(chunks).toString('utf8') };
}

function connection(host) {
  if (/^(unix|npipe):\/\//.test(host)) {
    return { send: httpRequest, target: { socketPath: host.replace(/^[a-z]+:\/\//, ''), host: 'docker' } };
  }
  if (!/^(tcp|https?):\/\//.test(host)) {
    throw new SetupError(`DOCKER_HOST=${host} is not supported: use unix://, npipe:// or tcp://.`);
  }
  const url = new URL(host.replace(/^tcp/, 'http'));
  const secure = Boolean(process.env.DOCKER_TLS_VERIFY) || url.protocol === 'https:';
  const target = { host: url.hostname, port: url.port || (secure ? 2376 : 2375) };
  return secure
    ? { send: httpsRequest, target: { ...target, ...certificates() } }
    : { send: httpRequest, target };
}

function certificates() {
  const folder = process.env.DOCKER_CERT_PATH ?? join(homedir(), '.docker');
  const read = (name) => readFileSync(join(folder, name));
  return { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
}

/**
 * Asks for the engine's version.
 *
 * @param {string} host
 * @returns {Promise<{ version: string, apiVersion: string, os: string, arch: string }>}
 * @throws {SetupError} when the engine is too old; else whatever kept it from answering.
 */
export async function engineVersion(host) {
  const { status, text } = await dockerRequest(host, '/version', { timeoutMs: 5_000 });
  if (status !== 200) throw new Error(`${host} answered ${status}: ${text.slice(0, 200)}`);
  const { Version: version, ApiVersion: apiVersion, Os: os, Arch: arch } = JSON.parse(text);
  if (Number(apiVersion) < OLDEST_API) {
    throw new SetupError(
      `Docker ${version} at ${host} is too old: Raftainer needs Docker 20.10 (API ${OLDEST_API}) or newer.`,
    );
  }
  return { version, apiVersion, os, arch };
}
