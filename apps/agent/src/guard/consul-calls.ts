import { httpCall } from './http-call.js';

import type { HttpTarget } from './http-call.js';
import type { ConsulOptions } from '@raftainer/consul';

/** The calls that holding claims needs, on Node alone, as small as the guard should be. */
export class ConsulCalls {
  readonly #target: HttpTarget;
  readonly #query: string;

  constructor({ host = '127.0.0.1', port = 8500, token, tls, datacenter }: ConsulOptions) {
    const headers = token === undefined ? {} : { 'x-consul-token': token };
    const { ca, cert, key, serverName, insecure } = tls ?? {};
    const servername = serverName === undefined ? {} : { servername: serverName };
    const secure = { ca, cert, key, rejectUnauthorized: insecure !== true, ...servername };
    this.#target = {
      options: { host, port, headers, ...(tls === undefined ? {} : secure) },
      secure: tls !== undefined,
    };
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
    const path = `/v1/session/info/${session}?consistent${this.#query.replace('?', '&')}`;
    const [renewed, body] = await Promise.all([this.renew(session, timeoutMs), this.#get(path, timeoutMs)]);
    return renewed && (JSON.parse(body) as readonly unknown[] | null)?.length === 1;
  }

  async destroy(session: string, timeoutMs: number): Promise<void> {
    await this.#put(`/v1/session/destroy/${session}${this.#query}`, timeoutMs);
  }

  async deregister(serviceId: string, timeoutMs: number): Promise<void> {
    await this.#put(`/v1/agent/service/deregister/${encodeURIComponent(serviceId)}`, timeoutMs);
  }

  async #get(path: string, timeoutMs: number): Promise<string> {
    const { status, body } = await httpCall(this.#target, { method: 'GET', path, timeoutMs });
    if (status < 400) return body;
    throw new Error(`Consul answered ${status} to GET ${path}: ${body.trim()}`);
  }

  async #put(path: string, timeoutMs: number): Promise<number> {
    const { status, body } = await httpCall(this.#target, { method: 'PUT', path, timeoutMs });
    if (status < 400 || status === 404) return status;
    throw new Error(`Consul answered ${status} to PUT ${path}: ${body.trim()}`);
  }
}

/** The options as they survive JSON. */
export function plainConsulOptions(options: ConsulOptions): ConsulOptions {
  const { tls } = options;
  if (tls === undefined) return options;
  const texts = Object.fromEntries(
    (['ca', 'cert', 'key'] as const).flatMap((name) =>
      tls[name] === undefined ? [] : [[name, tls[name].toString()]],
    ),
  );
  return { ...options, tls: { ...tls, ...texts } };
}
