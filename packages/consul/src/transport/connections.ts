import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import type { ClientRequest, RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { ConsulTlsOptions } from '../consul-options.js';
import { TlsMaterial } from '../credentials/tls-material.js';

/** Bounded keep-alive sockets, encrypted or not. New certificates are used for whatever is connected after they came. */
export class Connections {
  readonly #tls: ConsulTlsOptions | undefined;
  readonly #material: TlsMaterial | undefined;
  readonly #maxSockets: number;
  #agent: HttpAgent;
  #made: TlsMaterial['current'] | undefined;

  constructor(tls: ConsulTlsOptions | undefined, maxSockets: number) {
    this.#tls = tls;
    this.#maxSockets = maxSockets;
    this.#material = tls && new TlsMaterial(tls);
    this.#made = this.#material?.current;
    this.#agent = this.#createAgent();
  }

  request(settings: RequestOptions): ClientRequest {
    if (this.#tls === undefined || this.#material === undefined) {
      return httpRequest({ ...settings, agent: this.#agent });
    }
    const { current } = this.#material;
    if (current !== this.#made) this.#renew(current);
    const { serverName, insecure } = this.#tls;
    return httpsRequest({
      ...settings,
      ...current,
      ...(serverName === undefined ? {} : { servername: serverName }),
      rejectUnauthorized: insecure !== true,
      agent: this.#agent,
    });
  }

  destroy(): void {
    this.#agent.destroy();
  }

  /** What is under way ends in its old connection, which is kept for nothing else. */
  #renew(current: TlsMaterial['current']): void {
    const retired = this.#agent;
    retired.maxFreeSockets = 0;
    for (const sockets of Object.values(retired.freeSockets)) {
      for (const socket of sockets ?? []) socket.destroy();
    }
    this.#made = current;
    this.#agent = this.#createAgent();
  }

  #createAgent(): HttpAgent {
    const sockets = { keepAlive: true, maxSockets: this.#maxSockets, maxFreeSockets: this.#maxSockets };
    return this.#tls === undefined ? new HttpAgent(sockets) : new HttpsAgent(sockets);
  }
}
