import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { RequestOptions as HttpsOptions } from 'node:https';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { Credential } from '../login/credential.js';
import type { VaultTlsOptions } from '../vault-options.js';

/** A request as `node-vault` has put it together. */
export interface WireRequest {
  readonly method: string;
  readonly uri: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  readonly signal: AbortSignal;
}

/** An answer as `node-vault` takes it. */
export interface WireResponse {
  readonly statusCode: number;
  /** Decoded; undefined when there is none, `UNREADABLE` when it is not JSON, or too large. */
  readonly body: unknown;
  readonly request: { readonly path: string };
}

/** The body of an answer that is not JSON, or too large. */
export const UNREADABLE = Symbol('unreadable');

/** Vault refuses requests beyond this (`max_request_size`), and its answers stay far below. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** Sends requests over connections of its own. */
export interface Requester {
  send(request: WireRequest): Promise<WireResponse>;
  /** Ends all connections. */
  destroy(): void;
}

const MAX_SOCKETS = 32;

/**
 * Takes the place of the `axios` that comes with `node-vault`, which cannot be given an `AbortSignal`, follows redirects with the token,
 * sends through proxies that the environment names, and fails with errors that hold the token. This one does none of that.
 */
export function createRequester(address: string, tls: VaultTlsOptions = {}): Requester {
  const secure = address.startsWith('https:');
  const bounds = { keepAlive: true, maxSockets: MAX_SOCKETS, maxFreeSockets: MAX_SOCKETS };
  const agent = secure
    ? new HttpsAgent({
        ...bounds,
        ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
        rejectUnauthorized: tls.skipVerify !== true,
      })
    : new HttpAgent(bounds);
  const authority = tls.ca === undefined ? undefined : new Credential({ value: tls.ca, file: tls.caFile });
  return {
    // Connections are kept by their authority, so another one makes new ones.
    send: (request) => send(request, { agent, secure, ca: authority?.current }),
    destroy: () => {
      agent.destroy();
    },
  };
}

interface Connection {
  readonly agent: HttpAgent;
  readonly secure: boolean;
  readonly ca: string | undefined;
}

async function send(
  { method, uri, headers, json, signal }: WireRequest,
  { agent, secure, ca }: Connection,
): Promise<WireResponse> {
  const body = json === undefined ? undefined : Buffer.from(JSON.stringify(json));
  const url = new URL(uri);
  const settings: HttpsOptions = {
    ...(ca === undefined ? {} : { ca }),
    method,
    agent,
    signal,
    headers: {
      accept: 'application/json',
      ...headers,
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(body.length) }),
    },
  };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = (secure ? httpsRequest : httpRequest)(url, settings, resolve);
    // Stays for the life of the request: a connection may also break after the head of the answer has come.
    request.on('error', reject);
    request.end(body);
  });
  const text = await readText(response);
  return { statusCode: response.statusCode ?? 0, body: decode(text), request: { path: url.pathname } };
}

/** Undefined: too large. */
async function readText(response: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Leaving the loop destroys the response, and with it the connection.
    if (bytes > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function decode(text: string | undefined): unknown {
  if (text === undefined) return UNREADABLE;
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return UNREADABLE;
  }
}
