import { request } from 'node:http';

import type { Upstream } from '../harness/recording-proxy.js';

/** Where an engine listens; undefined when it takes more than a plain connection (TLS, a named pipe). */
export function plainAddress(dockerHost: string): Upstream | undefined {
  if (dockerHost.startsWith('unix://')) return { socketPath: dockerHost.slice('unix://'.length) };
  if (!/^(tcp|http):\/\//.test(dockerHost) || (process.env.DOCKER_TLS_VERIFY ?? '') !== '') return undefined;
  const { hostname, port } = new URL(dockerHost.replace(/^tcp/, 'http'));
  return { host: hostname, port: Number(port === '' ? '2375' : port) };
}

/** The engine refused. */
export class EngineRefusal extends Error {
  override readonly name = 'EngineRefusal';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Calls of the engine that `@raftainer/docker` does not have: those of Swarm. */
export class EngineApi {
  readonly #address: Upstream;

  constructor(address: Upstream) {
    this.#address = address;
  }

  /** Sends a request; gives the parsed answer. Throws {@link EngineRefusal}. */
  async call(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<unknown> {
    const payload = body === undefined ? '' : JSON.stringify(body);
    const headers =
      body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) };
    const options = { ...this.#address, method, path, headers, timeout: 120_000 };
    const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      const sent = request(options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') });
        });
        response.on('error', reject);
      });
      sent.on('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer within 120 s`)));
      sent.on('error', reject);
      sent.end(payload);
    });
    if (status >= 400) throw new EngineRefusal(status, `${method} ${path}: ${text.trim()}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}
