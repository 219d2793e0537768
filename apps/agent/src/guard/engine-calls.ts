import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { httpCall } from './http-call.js';

import type { HttpTarget } from './http-call.js';
import type { RequestOptions } from 'node:https';

/** A container as the engine's list has it. */
export interface RunningContainer {
  readonly Id: string;
  readonly Labels: Readonly<Record<string, string>>;
}

/**
 * The calls that stopping needs, on Node alone: the guard is small so that it lives when the agent does not, and a
 * client library would be most of it.
 */
export class EngineCalls {
  readonly #target: HttpTarget;

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    const options = targetOf(environment);
    this.#target = { options, secure: options.key !== undefined };
  }

  /** The running containers that carry all these labels. */
  async running(
    labels: Readonly<Record<string, string>>,
    timeoutMs: number,
  ): Promise<readonly RunningContainer[]> {
    const label = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
    const filters = encodeURIComponent(
      JSON.stringify({ label, status: ['running', 'paused', 'restarting'] }),
    );
    const body = await this.#call('GET', `/containers/json?filters=${filters}`, timeoutMs);
    const list: unknown = JSON.parse(body);
    if (!Array.isArray(list)) throw new Error('The Docker engine gave no list of containers.');
    return (list as readonly RunningContainer[]).map(({ Id, Labels }) => ({ Id, Labels }));
  }

  /** Process id of the container's main process; undefined when it does not run. */
  async pidOf(id: string, timeoutMs: number): Promise<number | undefined> {
    const body = await this.#call('GET', `/containers/${id}/json`, timeoutMs);
    const { State } = JSON.parse(body) as { readonly State?: { readonly Pid?: number } };
    return State?.Pid === 0 ? undefined : State?.Pid;
  }

  /** Whether somebody has paused it; undefined when it does not run. */
  async isPaused(id: string, timeoutMs: number): Promise<boolean | undefined> {
    const body = await this.#call('GET', `/containers/${id}/json`, timeoutMs);
    const { State } = JSON.parse(body) as {
      readonly State?: { readonly Paused?: boolean; readonly Running?: boolean };
    };
    return State?.Running === true ? State.Paused === true : undefined;
  }

  /** Sends the container's own stop signal, and SIGKILL after so many seconds. Resolves when it has ended. */
  async stop(id: string, graceSeconds: number, timeoutMs: number): Promise<void> {
    await this.#call('POST', `/containers/${id}/stop?t=${graceSeconds}`, timeoutMs);
  }

  async kill(id: string, timeoutMs: number): Promise<void> {
    await this.#call('POST', `/containers/${id}/kill`, timeoutMs);
  }

  async #call(method: string, path: string, timeoutMs: number): Promise<string> {
    const { status, body } = await httpCall(this.#target, { method, path, timeoutMs });
    if (status < 400) return body;
    throw new Error(`The Docker engine answered ${status} to ${method} ${path}: ${body.trim()}`);
  }
}

/** Where the engine is, by the variables that Docker's own command line reads. */
function targetOf(environment: Readonly<Record<string, string | undefined>>): RequestOptions {
  const { DOCKER_HOST, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH } = environment;
  if (DOCKER_HOST === undefined || DOCKER_HOST === '') return { socketPath: '/var/run/docker.sock' };
  if (DOCKER_HOST.startsWith('unix://')) return { socketPath: DOCKER_HOST.slice('unix://'.length) };
  const { hostname, port } = new URL(DOCKER_HOST.replace(/^tcp:/, 'http:'));
  const secure = DOCKER_TLS_VERIFY !== undefined && DOCKER_TLS_VERIFY !== '';
  if (!secure || DOCKER_CERT_PATH === undefined) return { host: hostname, port: port === '' ? 2375 : port };
  const read = (name: string): Buffer => readFileSync(join(DOCKER_CERT_PATH, name));
  const tls = { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
  return { host: hostname, port: port === '' ? 2376 : port, ...tls };
}
