import { httpCall } from './http-call.js';
import { presentOptions } from './present-options.js';

import type { HttpAnswer, HttpTarget } from './http-call.js';
import type { ConsulOptions } from '@raftainer/consul';

/** A claim, as far as giving it up needs it. */
export interface HeldClaim {
  readonly key: string;
  readonly session: string;
}

/** The calls that holding claims needs, on Node alone, as small as the guard should be. */
export class ConsulCalls {
  readonly #options: ConsulOptions;
  readonly #query: string;

  constructor(options: ConsulOptions) {
    const { datacenter } = options;
    this.#options = options;
    this.#query = datacenter === undefined ? '' : `?dc=${encodeURIComponent(datacenter)}`;
  }

  async pass(checkId: string, timeoutMs: number): Promise<void> {
    await this.#put(`/v1/agent/check/pass/${encodeURIComponent(checkId)}`, timeoutMs);
  }

  /** False when the session is gone. */
  async renew(session: string, timeoutMs: number): Promise<boolean> {
    return (await this.#put(`/v1/session/renew/${session}${this.#query}`, timeoutMs)) !== 404;
  }

  /**
   * Renews, and reads the session consistently: only that proves that it lives. A leader that was just elected confirms
   * renewals of sessions that have ended. False when it is gone.
   */
  async prove(session: string, timeoutMs: number): Promise<boolean> {
    const path = `/v1/session/info/${session}${this.#with('consistent')}`;
    const [renewed, { body }] = await Promise.all([
      this.renew(session, timeoutMs),
      this.#call('GET', path, timeoutMs),
    ]);
    return renewed && (JSON.parse(body) as readonly unknown[] | null)?.length === 1;
  }

  async destroy(session: string, timeoutMs: number): Promise<void> {
    await this.#put(`/v1/session/destroy/${session}${this.#query}`, timeoutMs);
  }

  async deregister(serviceId: string, timeoutMs: number): Promise<void> {
    await this.#put(`/v1/agent/service/deregister/${encodeURIComponent(serviceId)}`, timeoutMs);
  }

  /** The claims in a folder that are held under one of the sessions. */
  async claimsOf(
    folder: string,
    sessions: readonly string[],
    timeoutMs: number,
  ): Promise<readonly HeldClaim[]> {
    const path = `/v1/kv/${folder}${this.#with('recurse&consistent')}`;
    const { status, body } = await this.#call('GET', path, timeoutMs);
    if (status === 404) return [];
    const entries = JSON.parse(body) as readonly { readonly Key: string; readonly Session?: string }[];
    return entries.flatMap(({ Key: key, Session: session }) =>
      session !== undefined && sessions.includes(session) ? [{ key, session }] : [],
    );
  }

  /** Frees a claim, at once and for everybody, and says with an empty record that nobody was lost. Nothing when it is not held. */
  async release({ key, session }: HeldClaim, timeoutMs: number): Promise<void> {
    await this.#put(`/v1/kv/${key}${this.#with(`release=${session}`)}`, timeoutMs);
  }

  /** Ids of the services of this Consul agent. */
  async services(timeoutMs: number): Promise<readonly string[]> {
    const { body } = await this.#call('GET', '/v1/agent/services', timeoutMs);
    return Object.keys(JSON.parse(body) as object);
  }

  #with(query: string): string {
    return this.#query === '' ? `?${query}` : `${this.#query}&${query}`;
  }

  async #put(path: string, timeoutMs: number): Promise<number> {
    return (await this.#call('PUT', path, timeoutMs)).status;
  }

  async #call(method: string, path: string, timeoutMs: number): Promise<HttpAnswer> {
    const answer = await httpCall(targetOf(presentOptions(this.#options)), { method, path, timeoutMs });
    const { status, body } = answer;
    if (status < 400 || status === 404) return answer;
    throw new Error(`Consul answered ${status} to ${method} ${path}: ${body.trim()}`);
  }
}

function targetOf({ host = '127.0.0.1', port = 8500, token, tls }: ConsulOptions): HttpTarget {
  const headers = token === undefined ? {} : { 'x-consul-token': token };
  if (tls === undefined) return { options: { host, port, headers }, secure: false };
  const { ca, cert, key, serverName, insecure } = tls;
  const servername = serverName === undefined ? {} : { servername: serverName };
  const secure = { ca, cert, key, rejectUnauthorized: insecure !== true, ...servername };
  return { options: { host, port, headers, ...secure }, secure: true };
}
